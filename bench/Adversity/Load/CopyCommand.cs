using System.Diagnostics;

namespace FasterSeg.Bench.Adversity.Load;

/// <summary>A program that copies memory until its standard input ends, and with it whoever started it.</summary>
internal static class CopyCommand
{
    // Beyond any cache, in both directions.
    private const int Bytes = 128 << 20;

    /// <summary>Copies.</summary>
    public static async Task<int> RunAsync()
    {
        byte[] from = new byte[Bytes],
            to = new byte[Bytes];
        // A page that nobody wrote is no memory.
        Array.Fill<byte>(from, 1);
        // On a thread of its own: the console's reader blocks, whatever its name says.
        Task end = Task.Run(Console.In.ReadToEnd);
        while (!end.IsCompleted)
            Buffer.BlockCopy(from, 0, to, 0, Bytes);
        await end;
        return 0;
    }

    /// <summary>Starts one.</summary>
    public static Process Start() =>
        Process.Start(
            new ProcessStartInfo(
                Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
                [Path.Combine(AppContext.BaseDirectory, "fasterseg-adversity.dll"), "copy"]
            )
            {
                RedirectStandardInput = true,
            }
        )!;
}
