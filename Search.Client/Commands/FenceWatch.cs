using System.Diagnostics;
using FasterSeg.Latency;
using FasterSeg.Search.Sweeps;

namespace FasterSeg.Search.Client.Commands;

/// <summary>In a process that works on a chain under a lease: looks again and again, and before each change of a file, whether another
/// agent has begun under a newer one. Then it ends where it stands.</summary>
internal static class FenceWatch
{
    private static readonly TimeSpan Glance = TimeSpan.FromSeconds(1);

    /// <summary>Begins, where the process has a fence.</summary>
    /// <param name="error">Takes why it ends.</param>
    public static void Begin(TextWriter error)
    {
        if (
            Environment.GetEnvironmentVariable(StageProcess.FenceVariable) is not { Length: > 0 } word
            || ChainFence.Parse(word) is not { } fence
        )
            return;
        FileFence.Set(() => Require(fence, error));
        new Thread(() =>
        {
            while (true)
            {
                Require(fence, error);
                Thread.Sleep(Glance);
            }
        })
        {
            IsBackground = true,
            Name = "fence",
        }.Start();
    }

    private static void Require(ChainFence fence, TextWriter error)
    {
        if (fence.Holds())
            return;
        error.WriteLine("error: Another agent has taken this chain over; this process ends without a further write.");
        // Nothing may run any more, no clean-up either.
        using var self = Process.GetCurrentProcess();
        self.Kill();
        Thread.Sleep(Timeout.Infinite);
    }
}
