using FasterSeg.Latency;
using FasterSeg.Latency.Spaces;
using FasterSeg.Profiler.Service.Jobs;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Profiler.Service.Store;
using FasterSeg.Profiler.Service.Tests.Engines;
using FasterSeg.Profiler.Service.Tests.Measuring;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace FasterSeg.Profiler.Service.Tests.Jobs;

/// <summary>Refreshing on a device that may begin to fail.</summary>
public sealed class TableRefresherTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("fasterseg-refresh-").FullName;
    private readonly JobService service;
    private readonly MadeProbe probe = new();
    private volatile string? failing;

    public TableRefresherTests()
    {
        var time = new SyntheticTime();
        var engine = new FakeEngine
        {
            Time = time,
            Running = _ => time.Advance(1),
            Opening = name =>
            {
                if (failing is { } operators && name.StartsWith(operators, StringComparison.Ordinal))
                    throw new InvalidOperationException("out of memory");
            },
        };
        service = new(folder, engine, NullLogger<TableJobs>.Instance, probe: probe);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        service.Dispose();
        SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task An_operator_that_fails_keeps_its_number()
    {
        StoredTable before = await BuildAsync();
        failing = "head";
        List<RefreshProgress> news = await RefreshAsync(before);
        StoredTable after = news[^1].Outcome!.Table;
        Assert.NotEqual(before.Id, after.Id);
        Assert.Contains(news, each => each.Pair?.Second.Failure == "out of memory");
        Assert.DoesNotContain(after.Table.Entries, entry => entry.Failure is not null);
        Assert.All(before.Table.Entries.Zip(after.Table.Entries).Where(pair => pair.First.Spec.Kind == OperatorKind.Head), pair =>
            Assert.Equal(pair.First, pair.Second)
        );
    }

    [Fact]
    public async Task Holes_are_measured_first_and_filled()
    {
        failing = "head";
        StoredTable holed = await BuildAsync();
        int holes = holed.Table.Entries.Count(entry => entry.Failure is not null);
        Assert.True(holes > 0);
        Assert.Equal(holes, holed.Header.Failed);
        failing = null;
        List<RefreshProgress> news = await RefreshAsync(holed, share: 0.001);
        Assert.All(news.Take(holes), each => Assert.Equal(OperatorKind.Head, each.Pair!.Spec.Kind));
        Assert.Equal(holes + 1, news[0].Total);
        RefreshOutcome outcome = news[^1].Outcome!;
        Assert.Equal((0, 1, 0), (outcome.Table.Header.Failed, outcome.Drift.MedianRatio, outcome.Drift.OutsideInterval));
        Assert.Equal(outcome.Table.Id, service.Tables.FindNewest(JobService.Space, holed.Table.Identity)!.Id);
    }

    [Fact]
    public async Task A_version_refreshed_under_load_says_so_until_one_is_refreshed_whole_in_quiet()
    {
        StoredTable quiet = await BuildAsync();
        Assert.Null(quiet.Table.Loaded);
        probe.MemoryMs = 15;
        StoredTable loaded = (await RefreshAsync(quiet, share: 0.3))[^1].Outcome!.Table;
        Assert.Equal("reading memory took 1.50 times what it takes in quiet", loaded.Table.Loaded);
        Assert.All(loaded.Table.Entries.Where(entry => entry.Spread is not null), entry => Assert.True(entry.Drifted));
        probe.MemoryMs = 10;
        // Some of its numbers are still those of the loaded device.
        StoredTable part = (await RefreshAsync(loaded, share: 0.3))[^1].Outcome!.Table;
        Assert.Equal(loaded.Table.Loaded, part.Table.Loaded);
        StoredTable whole = (await RefreshAsync(part, share: 1))[^1].Outcome!.Table;
        Assert.Null(whole.Table.Loaded);
        Assert.DoesNotContain(whole.Table.Entries, entry => entry.Drifted);
    }

    [Fact]
    public async Task Where_nothing_can_be_measured_there_is_no_new_version()
    {
        StoredTable before = await BuildAsync();
        failing = "";
        var fault = await Assert.ThrowsAsync<UserErrorException>(() => RefreshAsync(before));
        Assert.Matches(
            $"^Table '{before.Id}' stays as it is: none of [0-9]+ operators could be measured again \\(out of memory\\).$",
            fault.Message
        );
        Assert.Equal(before.Id, Assert.Single(service.Tables.List()).Id);
    }

    private async Task<StoredTable> BuildAsync()
    {
        TableJob job = await service.Jobs.StartOrAttachAsync(JobService.Space, JobService.Settings, "anna", Cancellation);
        return service.Tables.Find(await JobService.EndOf(job))!;
    }

    private async Task<List<RefreshProgress>> RefreshAsync(StoredTable table, double share = 1)
    {
        var news = new List<RefreshProgress>();
        await foreach (RefreshProgress each in service.Refresher.RefreshAsync(table, share, seed: 1, "anna", Cancellation))
            news.Add(each);
        return news;
    }

    private sealed class MadeProbe : IHostProbe
    {
        public double MemoryMs { get; set; } = 10;

        public HostPace Read() => new(MemoryMs, ArithmeticMs: 0.012, Busy: 0);
    }
}
