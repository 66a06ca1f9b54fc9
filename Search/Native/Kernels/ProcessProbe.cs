using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using FasterSeg.Latency;

namespace FasterSeg.Search.Native.Kernels;

/// <summary>
/// Checks kernels in a process of its own: the libraries read which to use once, and a wrong kernel may end the process that runs it.
/// </summary>
internal sealed class ProcessProbe : IKernelProbe
{
    /// <summary>The argument that makes this program a check.</summary>
    public const string Argument = "check-kernels";

    /// <summary>The program that makes the check, where it is told <see cref="Argument"/>; it lies beside this library.</summary>
    public const string Program = "fasterseg.dll";

    /// <summary>For tests: names of kernels, with commas, that the check shall find wrong.</summary>
    public const string FaultVariable = "FASTERSEG_TORCH_FAULT";

    // Illegal instruction, abort, bus error, arithmetic, segment: what a kernel does, and no one who ends a program from outside.
    private static readonly int[] Crashes = [4, 6, 7, 8, 11];

    // Against a check that hangs; a busy host takes seconds.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(3);

    /// <inheritdoc/>
    public KernelReading? Read(TorchKernels kernels, int threads)
    {
        string program = Path.Combine(AppContext.BaseDirectory, Program);
        if (!File.Exists(program))
            return null;
        string[] command = DotNetHost.Command(program);
        var start = new ProcessStartInfo(
            command[0],
            [.. command[1..], Argument, kernels.Name, threads.ToString(CultureInfo.InvariantCulture)]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in kernels.Environment)
            start.Environment[name] = value;
        try
        {
            using Process process = Process.Start(start)!;
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            if (!process.WaitForExit(Longest))
            {
                process.Kill(entireProcessTree: true);
                return null;
            }
            if (process.ExitCode == 0)
                return JsonSerializer.Deserialize<KernelReading>(output.GetAwaiter().GetResult());
            int signal = process.ExitCode - 128;
            return Crashes.Contains(signal) ? KernelReading.Crashed(kernels, signal) : null;
        }
        catch (Exception fault)
            when (fault is System.ComponentModel.Win32Exception or InvalidOperationException or JsonException or IOException)
        {
            return null;
        }
    }
}
