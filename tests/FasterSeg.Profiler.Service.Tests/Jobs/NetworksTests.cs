using FasterSeg.Latency.Correcting;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Onnx;
using FasterSeg.Onnx.Messages;
using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Profiler.Service.Jobs;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Profiler.Service.Store;
using FasterSeg.Profiler.Service.Tests.Engines;
using FasterSeg.Profiler.Service.Tests.Measuring;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace FasterSeg.Profiler.Service.Tests.Jobs;

/// <summary>Whole networks at the end of a table's job, on a device where they take a known part of what their operators take
/// alone.</summary>
public sealed class NetworksTests : IDisposable
{
    private static readonly MeasurementSettings Settings = JobService.Settings;

    private readonly string folder = Directory.CreateTempSubdirectory("fasterseg-networks-").FullName;
    private readonly List<JobService> services = [];
    private readonly List<string> networks = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        foreach (JobService service in services)
            service.Dispose();
        SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_table_is_corrected_by_what_whole_networks_took()
    {
        LatencyTable table = await TableOf(Start(Engine(_ => 0.8)), Settings);
        LatencyCorrection correction = table.Correction!;
        Assert.Equal((0.8, NetworkVisits.Networks), (Math.Round(correction.Scale, 6), correction.Networks));
        Assert.Equal(0, correction.Deviation, 6);
        OperatorSpec some = JobService.Measurable[7];
        Assert.Equal(AloneMs(some), table.Find(some)!.MedianMs, 6);
        Assert.Equal(0.8 * AloneMs(some), table[some], 6);
        Assert.Matches(
            "^12 random networks measured whole, (once|twice|[3-7] times) each: plain sums are off by 25.00 %, corrected ones, of networks "
                + "that took no part in the fit, by 0.00 %$",
            table.Environment[LatencyTable.NetworksFact]
        );
        Assert.Equal(NetworkVisits.Networks, networks.Distinct().Count());
        Assert.Matches(@"^\d+\.\d{3} to \d+\.\d{3}$", table.Environment[LatencyTable.NetworksRangeFact]);
        Assert.Equal("bias +25.000 %, scatter 0.000 %", table.Environment[LatencyTable.NetworksDeviationFact]);
    }

    [Fact]
    public async Task A_device_that_has_become_slower_meanwhile_is_no_part_of_the_correction()
    {
        double slow = 1;
        bool isNetwork = false;
        FakeEngine engine = Engine(_ => 0.8, () => slow, model => slow = (isNetwork |= IsNetwork(model)) ? 1.3 : 1);
        // The first network's own operator is measured before the device is known to be slower: the median takes no notice.
        Assert.Equal(0.8, (await TableOf(Start(engine), Settings)).Correction!.Scale, 6);
    }

    [Fact]
    public async Task A_correction_that_helps_nothing_is_left_out_and_the_table_says_so()
    {
        // Nothing to learn, but noise to follow.
        LatencyTable table = await TableOf(Start(Engine(number => number % 2 == 0 ? 1.03 : 0.97)), Settings);
        Assert.Null(table.Correction);
        Assert.EndsWith(" %, so there is no correction", table.Environment[LatencyTable.NetworksFact], StringComparison.Ordinal);
        // Its estimates say all the same what the networks have shown.
        NetworksDeviation deviation = NetworksDeviation.Of(table)!;
        Assert.InRange(deviation.Bias, (1 / 1.03) - 1, (1 / 0.97) - 1);
        Assert.InRange(deviation.Scatter, 0.025, 0.065);
    }

    [Fact]
    public async Task Who_wants_no_networks_gets_none()
    {
        LatencyTable table = await TableOf(Start(Engine(_ => 0.8)), Settings with { Networks = false });
        Assert.Null(table.Correction);
        Assert.Empty(NetworksFacts.Names.Intersect(table.Environment.Keys));
        Assert.Empty(networks);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_job_that_ends_among_its_networks_goes_on_behind_the_last_one(bool isKilled)
    {
        LatencyTable whole = await TableOf(Start(Engine(number => 0.8 + (0.001 * number))), Settings with { Seed = 9 });
        networks.Clear();
        JobService service = Start(Engine(number => 0.8 + (0.001 * number), waits: 50));
        TableJob job = await service.Jobs.StartOrAttachAsync(JobService.Space, Settings, "anna", Cancellation);
        int seen = 0;
        try
        {
            await foreach (JobProgress progress in job.WatchAsync(withHistory: true, Cancellation))
            {
                if (progress.Network is null || ++seen < 5)
                    continue;
                Assert.Matches(@"^network \d+ of 12( again)?: \d+\.\d{3} ms$", progress.Network);
                if (isKilled)
                    service.Kill();
                else
                    await service.Jobs.CancelAsync(job.Id);
            }
        }
        catch (JobFailedException)
        {
            // As it must.
        }
        int before = service.Store.Log(job.Id).Visits().Count;
        Assert.InRange(before, 5, 11);
        JobService next = isKilled ? Start(Engine(number => 0.8 + (0.001 * number))) : service;
        if (isKilled)
            next.Jobs.ResumeAll();
        LatencyTable table = next
            .Tables.Find(await JobService.EndOf(await next.Jobs.StartOrAttachAsync(JobService.Space, Settings, "anna", Cancellation)))!
            .Table;
        Assert.Equal("1 time", table.Environment["went_on_after_an_end"]);
        Assert.Equal(12, table.Correction!.Networks);
        // None twice, but for the one in flight.
        Assert.Equal(12, networks.Distinct().Count());
        int visits = next.Store.Log(job.Id).Visits().Count;
        Assert.InRange(networks.Count, visits, visits + 1);
        Assert.NotNull(whole.Correction);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Progress_never_goes_back_when_the_networks_begin(bool withNetworks)
    {
        TableJob job = await Start(Engine(_ => 0.8))
            .Jobs.StartOrAttachAsync(JobService.Space, Settings with { Networks = withNetworks }, "anna", Cancellation);
        var history = new List<JobProgress>();
        await foreach (JobProgress progress in job.WatchAsync(withHistory: true, Cancellation))
            history.Add(progress);
        double[] shares = [.. history.Select(progress => (double)progress.Done / progress.Total)];
        Assert.Equal(shares.Order(), shares);
        Assert.Equal(1, shares[^1]);
        int operators = JobService.Measurable.Length,
            behind = withNetworks ? NetworkVisits.Most : 0;
        // The networks are in the total before the first operator is measured; the end is what there was.
        Assert.All(history.SkipLast(1), progress => Assert.Equal(operators + behind, progress.Total));
        Assert.Equal(operators + networks.Count, history[^1].Total);
        Assert.Equal(withNetworks, networks.Count > 0);
    }

    [Fact]
    public async Task A_network_that_cannot_be_measured_is_left_out()
    {
        FakeEngine engine = Engine(number => number is 3 or 5 ? throw new UnusableModelException("no kernel") : 0.8);
        Assert.Equal(10, (await TableOf(Start(engine), Settings)).Correction!.Networks);
        engine = Engine(number => number > 6 ? throw new UnusableModelException("no kernel") : 0.8);
        LatencyTable table = await TableOf(Start(engine), Settings with { Seed = 11 });
        Assert.Null(table.Correction);
        Assert.Contains("too few for a correction (8)", table.Environment[LatencyTable.NetworksFact], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_network_that_was_damaged_in_the_store_is_measured_again()
    {
        JobService service = Start(Engine(_ => 0.8));
        TableJob job = await service.Jobs.StartOrAttachAsync(JobService.Space, Settings, "anna", Cancellation);
        await JobService.EndOf(job);
        IJobLog log = service.Store.Log(job.Id);
        Assert.Equal(Enumerable.Range(0, 12), Numbers());
        service.Execute("UPDATE network_visit SET median_ms = median_ms + 1 WHERE number = 4");
        Assert.Equal([.. Enumerable.Range(0, 12).Where(number => number != 4)], Numbers());

        IEnumerable<int> Numbers() => log.Visits().Select(visit => visit.Number).Distinct().Order();
    }

    [Fact]
    public async Task The_first_pass_is_measured_in_any_case_and_others_within_a_tenth_of_the_operators_time_or_12_s_and_a_minute()
    {
        LatencyTable table = await TableOf(Start(Engine(_ => 0.8)), Settings with { Networks = false });
        Assert.Equal(12, Passes(table, seconds: 3).Count);
        const double budget = 30;
        Assert.Equal(
            (2, 12, budget, NetworkVisits.MostSeconds),
            (BudgetOf(table, 2), BudgetOf(table, 40), BudgetOf(table, 300), BudgetOf(table, 1e6))
        );
        Assert.Equal(36, Passes(table, seconds: budget / 40).Count);
        Assert.Equal(12 * NetworkVisits.MostPasses, Passes(table, seconds: budget / 1000).Count);
        Assert.Equal(12, Passes(table, seconds: budget / 13).Count);
        // No network of a slow device is begun behind the minute.
        Assert.Equal(6, Passes(table, seconds: 11).Count);
        Assert.Equal(12, Passes(table, seconds: 1).Select(visit => visit.Number).Distinct().Count());
        Assert.NotEqual(
            Passes(table, budget / 40).Take(12).Select(visit => visit.Number),
            Passes(table, budget / 40).Skip(12).Take(12).Select(visit => visit.Number)
        );
    }

    private static IReadOnlyList<NetworkVisit> Passes(LatencyTable table, double seconds)
    {
        var visits = new NetworkVisits(table, seed: 4, operatorsSeconds: 300);
        while (visits.Next() is var (pass, number))
            Assert.True(visits.Add(new(pass, number, visits.Drawn[number].Name, 1, 1, seconds)));
        Assert.False(visits.Add(new(0, 0, "another network", 1, 1, seconds)));
        return visits.Done;
    }

    private static double BudgetOf(LatencyTable table, double operatorsSeconds) =>
        Math.Round(new NetworkVisits(table, 4, operatorsSeconds).BudgetSeconds, 9);

    private static bool IsNetwork(ModelProto model) => model.Graph.Name.StartsWith("fasterseg ", StringComparison.Ordinal);

    /// <summary>What an operator takes alone, ms.</summary>
    private static double AloneMs(OperatorSpec spec) =>
        Math.Round(0.1 + (spec.InChannels * spec.OutChannels * spec.Height * spec.Width * 1e-5), 4);

    /// <param name="share">What a network takes of the sum of its parts, by the number of those before it.</param>
    /// <param name="slow">By what everything takes longer.</param>
    /// <param name="loading">Told of each model.</param>
    /// <param name="waits">What opening a network takes in real time, ms.</param>
    private FakeEngine Engine(Func<int, double> share, Func<double>? slow = null, Action<ModelProto>? loading = null, int waits = 0)
    {
        var time = new SyntheticTime();
        double ms = 0;
        return new FakeEngine
        {
            Time = time,
            Loading = model =>
            {
                loading?.Invoke(model);
                if (IsNetwork(model))
                {
                    OperatorSpec[] parts = [.. OnnxNetworkReader.Parts(model).Select(part => part.Spec)];
                    networks.Add(string.Join('\n', parts.AsEnumerable()));
                    Thread.Sleep(waits);
                    ms = share(networks.Count - 1) * parts.Sum(AloneMs);
                }
                else
                    ms = AloneMs(OperatorKey.Parse(model.Graph.Name));
            },
            Running = _ => time.Advance(ms * (slow?.Invoke() ?? 1)),
        };
    }

    private JobService Start(FakeEngine engine)
    {
        var service = new JobService(folder, engine, NullLogger<TableJobs>.Instance, networks: true);
        services.Add(service);
        return service;
    }

    private static async Task<LatencyTable> TableOf(JobService service, MeasurementSettings settings) =>
        service
            .Tables.Find(await JobService.EndOf(await service.Jobs.StartOrAttachAsync(JobService.Space, settings, "anna", Cancellation)))!
            .Table;
}
