using System.Diagnostics;
using System.Globalization;
using FasterSeg.Bench.Adversity.Services;
using FasterSeg.Latency;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Client.Mapping;
using FasterSeg.Protos.Profiler.V1;
using SearchSpace = FasterSeg.Latency.Spaces.SearchSpace;

namespace FasterSeg.Bench.Adversity.Readers;

/// <summary>A table built in quiet, one under many readers, and one in quiet again, which says how much of a difference means
/// nothing.</summary>
internal static class ReadersCommand
{
    /// <summary>Runs it and prints what came of it.</summary>
    /// <returns>0 where no call failed, else 1.</returns>
    public static async Task<int> RunAsync(Arguments arguments, CancellationToken interrupted)
    {
        int clients = arguments.Integer("clients", 200, 1),
            core = arguments.Integer("service-core", 0, 0);
        double calls = arguments.Number("calls", 150, 1);
        string folder = Path.GetFullPath(arguments.Required("out"));
        OutputFile.RequireAll([Path.Combine(folder, "report.txt")], "--out", overwrite: false, []);
        CheckCores(core);
        SearchSpace space = SearchSpace.Paper(arguments.Integer("height", 128, 32), arguments.Integer("width", 256, 32), classes: 11);
        if (space.Validate() is [var fault, ..])
            throw new UsageException(fault);
        var request = new BuildTableRequest
        {
            Space = space.ToMessage(),
            Options = new MeasurementOptions { Threads = 1, Seed = 1 },
        };

        await using ServiceProcess service = await ServiceProcess.StartAsync(folder, core, interrupted);
        BuiltTable quiet = await BuildAsync("quiet");
        var load = new ReaderLoad(
            service.Address,
            clients,
            calls,
            quiet.Id,
            new WatchTableRequest { Space = request.Space, Options = request.Options }
        );
        using var stop = new CancellationTokenSource();
        long start = Stopwatch.GetTimestamp();
        Task reading = load.RunAsync(stop.Token);
        BuiltTable read = await BuildAsync("readers");
        await stop.CancelAsync();
        await reading;
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        BuiltTable again = await BuildAsync("quiet-again");

        List<string> report =
        [
            $"space {space}; service and worker on core {core}, {clients} clients elsewhere",
            $"quiet: {quiet.Line}",
            $"under readers: {read.Line}",
            $"quiet again: {again.Line}",
            BuiltTable.Compare("quiet - quiet again", quiet, again),
            BuiltTable.Compare("quiet - under readers", quiet, read),
            BuiltTable.Compare("quiet again - under readers", again, read),
            string.Create(
                CultureInfo.InvariantCulture,
                $"{load.Calls.Count} calls, {load.Calls.Count / seconds:0} a second, {load.Failed} errors"
            ),
            .. load.Errors,
            Quantiles("all", load.Calls),
            Quantiles("first, with the connection", [.. load.Calls.Where(call => call.Connects)]),
            Quantiles("later", [.. load.Calls.Where(call => !call.Connects)]),
            .. load
                .Calls.GroupBy(call => call.Kind)
                .OrderBy(group => group.Key, StringComparer.Ordinal)
                .Select(group => Quantiles(group.Key, [.. group])),
        ];
        AtomicFile.WriteAllText(Path.Combine(folder, "report.txt"), string.Join('\n', report) + "\n");
        foreach (string line in report)
            Console.WriteLine(line);
        return load.Failed == 0 ? 0 : 1;

        async Task<BuiltTable> BuildAsync(string name)
        {
            BuiltTable built = await BuiltTable.BuildAsync(service.Address, request, interrupted);
            LatencyTableJson.Save(built.Table, Path.Combine(folder, name + ".json"));
            return built;
        }
    }

    /// <summary>The load must not run where the measurements do.</summary>
    private static void CheckCores(int core)
    {
        string[] allowed = !OperatingSystem.IsLinux()
            ? []
            : File.ReadLines("/proc/self/status")
                .First(line => line.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal))
                .Split(':')[1]
                .Trim()
                .Split(',');
        bool shares = allowed
            .Select(range => range.Split('-').Select(side => int.Parse(side, CultureInfo.InvariantCulture)).ToArray())
            .Any(range => range[0] <= core && core <= range[^1]);
        if (shares || allowed.Length == 0)
            throw new UserErrorException(
                $"This program may run on core {core}, where the profiler is to measure: start it with taskset -c and the other cores."
            );
    }

    private static string Quantiles(string name, IReadOnlyCollection<ReaderCall> calls)
    {
        double[] sorted = [.. calls.Select(call => call.Ms).Order()];
        if (sorted.Length == 0)
            return name + ": none";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"  {name}: {sorted.Length} calls, p50 {At(0.5):0.0}, p90 {At(0.9):0.0}, p99 {At(0.99):0.0}, max {sorted[^1]:0.0} ms"
        );

        double At(double quantile) => sorted[(int)Math.Min(sorted.Length - 1, quantile * sorted.Length)];
    }
}
