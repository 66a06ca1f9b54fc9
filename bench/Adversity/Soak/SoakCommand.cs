using System.Diagnostics;
using System.Globalization;
using FasterSeg.Bench.Adversity.Services;
using FasterSeg.Latency;

namespace FasterSeg.Bench.Adversity.Soak;

/// <summary>Hours of random use, and whether the profiler's memory and handles stay flat over them.</summary>
internal static class SoakCommand
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(5),
        Window = TimeSpan.FromMinutes(5),
        Goodbye = TimeSpan.FromMinutes(2);

    /// <summary>Runs a soak and prints its verdict.</summary>
    /// <returns>0 where everything stayed flat and every call ended as it was meant to, else 1.</returns>
    public static async Task<int> RunAsync(Arguments arguments, CancellationToken interrupted)
    {
        if (!OperatingSystem.IsLinux())
            throw new UserErrorException("The soak reads /proc: run it on Linux.");
        var length = TimeSpan.FromMinutes(arguments.Number("minutes", 60, 0.5));
        int clients = arguments.Integer("clients", 4, 1),
            seed = arguments.Integer("seed", 1, 0);
        string folder = Path.GetFullPath(arguments.Required("out"));
        OutputFile.RequireAll([Path.Combine(folder, "soak.csv"), Path.Combine(folder, "verdict.txt")], "--out", overwrite: false, []);

        await using ServiceProcess service = await ServiceProcess.StartAsync(folder, core: null, interrupted);
        using var metrics = new MetricsPage(service.Metrics);
        var tally = new Tally();
        Known jobs = new(),
            tables = new();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(interrupted);
        long start = Stopwatch.GetTimestamp();
        // In every second window workers live on, so that what one loses shows.
        bool IsCalm() => (int)(Stopwatch.GetElapsedTime(start) / Window) % 2 == 1;
        SoakClient[] all =
        [
            .. Enumerable.Range(0, clients).Select(i => new SoakClient(service.Address, (seed * 1000) + i, jobs, tables, tally)),
        ];
        Task[] running = [.. all.Select(client => Task.Run(() => client.RunAsync(IsCalm, stop.Token), CancellationToken.None))];

        var readings = new List<SoakReading>();
        await using (var file = new StreamWriter(Path.Combine(folder, "soak.csv")) { AutoFlush = true })
        {
            await file.WriteLineAsync(SoakReading.Header);
            while (Stopwatch.GetElapsedTime(start) < length && !interrupted.IsCancellationRequested && !service.HasEnded)
            {
                SoakReading reading = await ReadAsync(service, metrics, folder, Stopwatch.GetElapsedTime(start).TotalSeconds, tally);
                readings.Add(reading);
                await file.WriteLineAsync(reading.Line);
                await Task.Delay(Step, CancellationToken.None);
            }
        }
        bool survived = !service.HasEnded;
        await stop.CancelAsync();
        Task end = Task.WhenAll(running);
        bool hangs = await Task.WhenAny(end, Task.Delay(Goodbye, CancellationToken.None)) != end;
        foreach (SoakClient client in all)
            client.Dispose();

        List<string> report =
        [
            string.Create(
                CultureInfo.InvariantCulture,
                $"seed {seed}, {clients} clients, {readings[^1].Seconds / 60:0.0} minutes: {tally.Calls} calls, "
                    + $"{readings[^1].Measurements} measurements, {readings[^1].WorkerStarts} workers"
            ),
            .. SoakVerdict.Lines(readings, out bool flat),
            $"errors: {tally.Errors}{(survived ? "" : "; THE SERVICE ENDED")}{(hangs ? "; A CLIENT HANGS" : "")}",
            .. tally.Texts,
            .. tally.Counts.Select(row => string.Create(CultureInfo.InvariantCulture, $"  {row.Action}: {row.Outcome} {row.Count}")),
        ];
        AtomicFile.WriteAllText(Path.Combine(folder, "verdict.txt"), string.Join('\n', report) + "\n");
        foreach (string line in report)
            Console.WriteLine(line);
        return flat && survived && !hangs && tally.Errors == 0 ? 0 : 1;
    }

    private static async Task<SoakReading> ReadAsync(ServiceProcess service, MetricsPage page, string folder, double seconds, Tally tally)
    {
        IReadOnlyDictionary<string, double> metrics = await page.ReadAsync(CancellationToken.None);
        ProfilerFigures(service, out ProcessFigures? own, out int worker, out ProcessFigures? workers);
        double store = new DirectoryInfo(Path.Combine(folder, "store")).EnumerateFiles().Sum(file => file.Length) / (double)(1 << 20);
        return new(
            seconds,
            own?.ResidentMiB ?? double.NaN,
            Metric("dotnet_gc_last_collection_heap_size_bytes") / (1 << 20),
            own?.Handles ?? double.NaN,
            own?.ProgramFiles ?? double.NaN,
            own?.Threads ?? double.NaN,
            worker,
            workers?.ResidentMiB ?? double.NaN,
            workers?.Handles ?? double.NaN,
            workers?.Threads ?? double.NaN,
            store,
            Metric("fasterseg_worker_starts_total"),
            Metric("fasterseg_measurements_total"),
            tally.Calls,
            tally.Errors
        );

        double Metric(string name) => metrics.GetValueOrDefault(name, double.NaN);
    }

    private static void ProfilerFigures(ServiceProcess service, out ProcessFigures? own, out int worker, out ProcessFigures? workers)
    {
        own = ProcessFigures.Read(service.Id);
        worker = service.Workers is [.., var last] ? last : 0;
        workers = worker == 0 ? null : ProcessFigures.Read(worker);
    }
}
