using System.Diagnostics;
using FasterSeg.Fleet.Service.Tests.Chaos;
using FasterSeg.Tests;

namespace FasterSeg.Bench.Fleet;

/// <summary>Prints how a run with many streams goes: a line from time to time.</summary>
internal sealed class StreamReport(IReadOnlyList<SimulatedDevice> devices, IReadOnlyList<NodeProcess> nodes, StreamWork work)
{
    private static readonly TimeSpan Each = TimeSpan.FromSeconds(15);

    private readonly long start = Stopwatch.GetTimestamp();
    private readonly TimeSpan[] computed = new TimeSpan[nodes.Count];
    private TimeSpan own;

    /// <summary>The most memory that each node had, bytes.</summary>
    public long[] Most { get; } = new long[nodes.Count];

    /// <summary>The header.</summary>
    public static void Begin() =>
        Console.WriteLine("| s | streams | results/s | memory of nodes, MB | cores of nodes | of devices |\n|---|---|---|---|---|---|");

    /// <summary>Prints until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        int told = work.Told.Count;
        long last = Stopwatch.GetTimestamp();
        Cores(1);
        while (!cancellation.IsCancellationRequested)
        {
            await Task.Delay(Each, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            double seconds = Stopwatch.GetElapsedTime(last).TotalSeconds;
            last = Stopwatch.GetTimestamp();
            int now = work.Told.Count;
            Print(now - told, seconds);
            told = now;
        }
    }

    private void Print(int results, double seconds)
    {
        string memory = string.Join(", ", nodes.Select((node, i) => Memory(node, i))),
            cores = string.Join(", ", Cores(seconds).Select(each => FormattableString.Invariant($"{each:F2}")));
        TimeSpan now = Process.GetCurrentProcess().TotalProcessorTime;
        int attached = devices.Count(device => device.IsAttached);
        double after = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Console.WriteLine(
            FormattableString.Invariant($"| {after:F0} | {attached} | {results / seconds:F1} | {memory} | {cores} | ")
                + FormattableString.Invariant($"{(now - own).TotalSeconds / seconds:F2} |")
        );
        own = now;
    }

    private string Memory(NodeProcess node, int i)
    {
        if (node.Use is not { } use)
            return "-";
        Most[i] = Math.Max(Most[i], use.Bytes);
        return FormattableString.Invariant($"{use.Bytes / 1e6:F0}");
    }

    private double[] Cores(double seconds)
    {
        double[] cores = new double[nodes.Count];
        for (int i = 0; i < cores.Length; i++)
        {
            TimeSpan now = nodes[i].Use?.Computed ?? TimeSpan.Zero;
            cores[i] = Math.Max(0, (now - computed[i]).TotalSeconds / seconds);
            computed[i] = now;
        }
        return cores;
    }
}
