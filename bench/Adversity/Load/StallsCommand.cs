using System.Diagnostics;
using System.Globalization;
using FasterSeg.Bench.Adversity.Readers;
using FasterSeg.Bench.Adversity.Services;
using FasterSeg.Latency;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Client.Mapping;
using FasterSeg.Protos.Profiler.V1;
using SearchSpace = FasterSeg.Latency.Spaces.SearchSpace;

namespace FasterSeg.Bench.Adversity.Load;

/// <summary>A table built by a service whose worker is stopped and killed, and that is stopped itself.</summary>
internal static class StallsCommand
{
    /// <summary>Runs it and prints what came of it.</summary>
    /// <returns>0 where the table has no hole, else 1.</returns>
    public static async Task<int> RunAsync(Arguments arguments, CancellationToken interrupted)
    {
        if (!OperatingSystem.IsLinux())
            throw new UserErrorException("Stopping needs Linux.");
        double limit = arguments.Number("build-seconds", 3, 1);
        string folder = Path.GetFullPath(arguments.Required("out"));
        OutputFile.RequireAll([Path.Combine(folder, "report.txt")], "--out", overwrite: false, []);
        var space = new SearchSpace(64, 64, 8, [0.5, 8.0 / 12], 4, 3, 0.5, 0.5, 0.5, 0.5);
        var request = new BuildTableRequest
        {
            Space = space.ToMessage(),
            Options = new MeasurementOptions
            {
                Threads = 1,
                Seed = 1,
                // Sessions that are long enough to be hit.
                MinimumSamples = 400,
                Sessions = 1,
            },
            QuietSeconds = 0,
        };
        await using ServiceProcess service = await ServiceProcess.StartAsync(
            folder,
            core: null,
            interrupted,
            build: null,
            "--build-seconds",
            Text(limit),
            "--measuring-seconds",
            "1"
        );
        Task<BuiltTable> building = BuiltTable.BuildAsync(service.Address, request, interrupted);
        var stall = TimeSpan.FromSeconds(2 * limit);
        int kills = 0;
        await Task.Delay(1000, interrupted);
        await StopAsync(await WorkerAsync());
        await StopAsync(service.Id);
        while (!building.IsCompleted && kills < 12)
        {
            // Two of them a second apart hit one operator twice.
            Signal(await WorkerAsync(), "KILL");
            kills++;
            await Task.Delay(kills % 2 == 1 ? 1000 : 3000, interrupted);
        }
        BuiltTable built = await building;
        int failed = built.Table.Entries.Count(entry => entry.Failure is not null);
        string report = string.Create(
            CultureInfo.InvariantCulture,
            $"worker and service stopped for {stall.TotalSeconds} s each, worker killed {kills} times: {built.Line}; interrupted "
                + $"from outside: {built.Table.Environment.GetValueOrDefault("interrupted_from_outside", "none that was told")}"
        );
        Console.WriteLine(report);
        AtomicFile.WriteAllText(Path.Combine(folder, "report.txt"), report + "\n");
        LatencyTableJson.Save(built.Table, Path.Combine(folder, "table.json"));
        return failed == 0 ? 0 : 1;

        async Task StopAsync(int id)
        {
            Signal(id, "STOP");
            await Task.Delay(stall, interrupted);
            Signal(id, "CONT");
            await Task.Delay(1000, interrupted);
        }

        async Task<int> WorkerAsync()
        {
            while (!building.IsCompleted)
            {
                if (service.Workers is [var worker, ..])
                    return worker;
                await Task.Delay(10, interrupted);
            }
            return service.Id;
        }

        void Signal(int id, string name)
        {
            // Nothing is left to be done to a service that is ready.
            if (building.IsCompleted)
                return;
            using Process kill = Process.Start("kill", [$"-{name}", id.ToString(CultureInfo.InvariantCulture)]);
            kill.WaitForExit();
        }
    }

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);
}
