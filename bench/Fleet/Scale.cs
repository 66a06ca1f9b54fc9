using System.Diagnostics;
using System.Net;
using FasterSeg.Fleet.Service.Hosting;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Client;
using FasterSeg.Profiler.Service.Jobs;
using FasterSeg.Tests;

namespace FasterSeg.Bench.Fleet;

/// <summary>How much faster many devices make a table: a node in this process, devices that measure nothing over real
/// connections.</summary>
internal static class Scale
{
    /// <summary>Builds a table on first use, when cards are compared first, and a second one with what is known of them then.</summary>
    /// <param name="devices">How many devices.</param>
    /// <param name="itemSeconds">What an operator takes, s.</param>
    /// <param name="space">The space.</param>
    /// <param name="tables">How many tables are built at a time once cards are known.</param>
    public static async Task RunAsync(int devices, double itemSeconds, SearchSpace space, int tables)
    {
        string folder = Directory.CreateTempSubdirectory("fasterseg-scale-").FullName;
        var running = new List<SimulatedDevice>();
        try
        {
            await using RunningFleet fleet = await FleetHost.StartAsync(new() { Listen = new(IPAddress.Loopback, 0), Store = folder });
            for (int i = 0; i < devices; i++)
            {
                var device = new SimulatedDevice($"card-{i}", new SimulatedCard { Seed = i }, [fleet.Address])
                {
                    Takes = _ => TimeSpan.FromSeconds(itemSeconds),
                };
                running.Add(device);
                device.Start();
            }
            while (!running.All(device => device.IsAttached))
                await Task.Delay(20);
            await using ProfilerConnection client = await ProfilerConnection.OpenAsync(fleet.Address.ToString());
            foreach ((string use, int count) in new[] { ("first use", 1), ("calibrations kept", tables) })
            {
                int items = count * OperatorWork.Of(space).ToMeasure.Count;
                long start = Stopwatch.GetTimestamp();
                LatencyTable[] built = await Task.WhenAll(
                    Enumerable
                        .Range(0, count)
                        .Select(seed => client.BuildTableAsync(space, new MeasuringOptions(), seed: use.Length + (100 * seed)))
                );
                double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds,
                    times = items * itemSeconds / seconds;
                Console.WriteLine(
                    FormattableString.Invariant(
                        $"| {devices} | {use} | {items} | {seconds:F1} | {times:F2} | {times / devices:F3} | {built[0].Members.Count} |"
                    )
                );
            }
        }
        finally
        {
            foreach (SimulatedDevice device in running)
                await device.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }
    }
}
