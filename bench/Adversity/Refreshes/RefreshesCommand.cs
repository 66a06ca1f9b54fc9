using System.Diagnostics;
using System.Globalization;
using FasterSeg.Bench.Adversity.Services;
using FasterSeg.Bench.Adversity.Statistics;
using FasterSeg.Latency;
using FasterSeg.Profiler.Client.Mapping;
using FasterSeg.Protos.Profiler.V1;
using Grpc.Core;
using Grpc.Net.Client;

namespace FasterSeg.Bench.Adversity.Refreshes;

/// <summary>Clients that do nothing but refresh one operator of a table, as fast as they can: what the store, a start and the memory come
/// to.</summary>
internal static class RefreshesCommand
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(5);
    private static readonly MeasurementOptions Rough = new()
    {
        RelativeHalfWidth = 0.5,
        MinimumSamples = 6,
        MaximumSeconds = 0.01,
        Sessions = 1,
    };

    /// <summary>Runs it and prints the figures.</summary>
    /// <returns>0 where no call failed and the start afterwards took at most two seconds, else 1.</returns>
    public static async Task<int> RunAsync(Arguments arguments, CancellationToken interrupted)
    {
        var length = TimeSpan.FromMinutes(arguments.Number("minutes", 60, 0.1));
        int clients = arguments.Integer("clients", 4, 1);
        string folder = Path.GetFullPath(arguments.Required("out"));
        OutputFile.RequireAll([Path.Combine(folder, "refreshes.csv"), Path.Combine(folder, "report.txt")], "--out", overwrite: false, []);

        var readings = new List<(double Seconds, double StoreMiB, double ServiceMiB, int Refreshes)>();
        int refreshes = 0,
            errors = 0;
        string firstError = "";
        bool survived;
        await using (ServiceProcess service = await ServiceProcess.StartAsync(folder, core: null, interrupted))
        {
            using GrpcChannel channel = GrpcChannel.ForAddress(service.Address);
            string table = await BuildAsync(channel, interrupted);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(interrupted);
            Task[] running = [.. Enumerable.Range(0, clients).Select(i => Task.Run(() => ClientAsync(i), CancellationToken.None))];
            long start = Stopwatch.GetTimestamp();
            await using (var file = new StreamWriter(Path.Combine(folder, "refreshes.csv")) { AutoFlush = true })
            {
                await file.WriteLineAsync("seconds,store_mib,service_mib,refreshes");
                while (Stopwatch.GetElapsedTime(start) < length && !interrupted.IsCancellationRequested && !service.HasEnded)
                {
                    await Task.Delay(Step, CancellationToken.None);
                    var reading = (
                        Seconds: Stopwatch.GetElapsedTime(start).TotalSeconds,
                        StoreMiB: StoreMiB(folder),
                        ServiceMiB: ProcessFigures.Read(service.Id)?.ResidentMiB ?? double.NaN,
                        Refreshes: Volatile.Read(ref refreshes)
                    );
                    readings.Add(reading);
                    await file.WriteLineAsync(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{reading.Seconds:F1},{reading.StoreMiB:F2},{reading.ServiceMiB:F2},{reading.Refreshes}"
                        )
                    );
                }
            }
            survived = !service.HasEnded;
            await stop.CancelAsync();
            await Task.WhenAll(running);

            async Task ClientAsync(int number)
            {
                string present = table;
                for (ulong seed = (ulong)number; !stop.IsCancellationRequested; seed += (ulong)clients)
                {
                    try
                    {
                        present = await RefreshAsync(channel, present, seed, stop.Token);
                        Interlocked.Increment(ref refreshes);
                    }
                    catch (Exception fault) when (fault is RpcException or OperationCanceledException)
                    {
                        if (stop.IsCancellationRequested)
                            return;
                        Interlocked.Increment(ref errors);
                        firstError = fault.Message;
                        // Its version was dropped as old, if others were faster by far: it goes on with the newest.
                        present = table = await BuildAsync(channel, stop.Token);
                    }
                }
            }
        }
        double startSeconds;
        await using (ServiceProcess again = await ServiceProcess.StartAsync(folder, core: null, interrupted))
            startSeconds = again.StartSeconds;
        string[] report = Report(readings, clients, refreshes, errors, firstError, startSeconds, survived);
        AtomicFile.WriteAllText(Path.Combine(folder, "report.txt"), string.Join('\n', report) + "\n");
        foreach (string line in report)
            Console.WriteLine(line);
        return errors == 0 && survived && startSeconds <= 2 ? 0 : 1;
    }

    private static string[] Report(
        List<(double Seconds, double StoreMiB, double ServiceMiB, int Refreshes)> readings,
        int clients,
        int refreshes,
        int errors,
        string firstError,
        double startSeconds,
        bool survived
    )
    {
        double minutes = readings[^1].Seconds / 60;
        var late = readings.Where(reading => reading.Seconds >= readings[^1].Seconds / 4).ToArray();
        return
        [
            Text($"{clients} clients, {minutes:0.0} minutes: {refreshes} refreshes of one operator, {errors} errors {firstError}"),
            Line("store, MiB on the disk", late.Select(reading => (reading.Seconds, reading.StoreMiB))),
            Line("service, resident MiB", late.Select(reading => (reading.Seconds, reading.ServiceMiB))),
            Text($"listening afterwards after {startSeconds:0.00} s{(survived ? "" : "; THE SERVICE ENDED")}"),
        ];

        static string Text(FormattableString text) => FormattableString.Invariant(text);

        static string Line(string name, IEnumerable<(double Seconds, double Value)> series)
        {
            var known = series.Where(each => double.IsFinite(each.Value)).ToArray();
            double least = known.Min(each => each.Value),
                most = known.Max(each => each.Value);
            LinearTrend trend = LinearTrend.Of([.. known.Select(each => each.Seconds / 3600)], [.. known.Select(each => each.Value)]);
            return Text(
                $"{name}, last three quarters: {least:0.0} to {most:0.0}, {trend.Slope:+0.0;-0.0} +- {trend.HalfWidth:0.0} an hour"
            );
        }
    }

    private static async Task<string> BuildAsync(GrpcChannel channel, CancellationToken cancellation)
    {
        using var call = new ProfilerService.ProfilerServiceClient(channel).BuildTable(
            new BuildTableRequest
            {
                Space = new Latency.Spaces.SearchSpace(
                    128,
                    256,
                    12,
                    [4.0 / 12, 0.5, 8.0 / 12, 10.0 / 12, 1],
                    16,
                    19,
                    1,
                    1,
                    8.0 / 12,
                    8.0 / 12
                ).ToMessage(),
                Options = Rough,
                Reuse = true,
            },
            cancellationToken: cancellation
        );
        string id = "";
        await foreach (BuildTableResponse news in call.ResponseStream.ReadAllAsync(cancellation))
            id = news.TableId;
        return id;
    }

    private static async Task<string> RefreshAsync(GrpcChannel channel, string table, ulong seed, CancellationToken cancellation)
    {
        using var call = new LatencyTableService.LatencyTableServiceClient(channel).RefreshTable(
            new RefreshTableRequest
            {
                Id = table,
                Share = 1e-9,
                Seed = seed,
            },
            cancellationToken: cancellation
        );
        string next = table;
        await foreach (RefreshTableResponse news in call.ResponseStream.ReadAllAsync(cancellation))
        {
            if (news.TableId.Length > 0)
                next = news.TableId;
        }
        return next;
    }

    private static double StoreMiB(string folder) =>
        new DirectoryInfo(Path.Combine(folder, "store")).EnumerateFiles().Sum(file => file.Length) / (double)(1 << 20);
}
