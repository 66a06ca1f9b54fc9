using System.Diagnostics;
using FasterSeg.Latency;
using FasterSeg.Search.Native.Kernels;

namespace FasterSeg.Search.Native;

/// <summary>This program once more, as a process that ends where its standard input does.</summary>
internal static class OwnProcess
{
    /// <summary>Starts it, with all three streams redirected.</summary>
    /// <param name="arguments">What it is told.</param>
    /// <param name="refusal">What the user is told where it cannot be started, from why.</param>
    /// <param name="prepare">Changes more of how it is started.</param>
    /// <exception cref="UserErrorException">It cannot be started.</exception>
    public static Process Start(IEnumerable<string> arguments, Func<string, string> refusal, Action<ProcessStartInfo>? prepare = null)
    {
        string[] command = DotNetHost.Command(Path.Combine(AppContext.BaseDirectory, ProcessProbe.Program));
        var start = new ProcessStartInfo(command[0], [.. command[1..], .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        prepare?.Invoke(start);
        try
        {
            return Process.Start(start)!;
        }
        catch (Exception fault) when (fault is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            throw new UserErrorException(refusal(fault.Message), fault);
        }
    }
}
