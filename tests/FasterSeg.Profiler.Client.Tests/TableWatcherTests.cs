using FasterSeg.Latency.Correcting;
using FasterSeg.Latency.Tables;
using FasterSeg.Protos.Profiler.V1;
using Grpc.Core;
using Xunit;
using SearchSpace = FasterSeg.Latency.Spaces.SearchSpace;

namespace FasterSeg.Profiler.Client.Tests;

/// <summary>A search that hears of newer tables.</summary>
public sealed class TableWatcherTests : IAsyncLifetime
{
    private static readonly SearchSpace Space = TinySpace.Space;
    private static readonly LatencyTable First = TinySpace.Table(Space),
        Second = Later(1),
        Third = Later(2);

    private readonly CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(
        TestContext.Current.CancellationToken
    );
    private FakeProfiler fake = null!;
    private ProfilerConnection profiler = null!;

    public async ValueTask InitializeAsync()
    {
        // No part of a test: only against one that hangs.
        patience.CancelAfter(TimeSpan.FromMinutes(2));
        fake = await FakeProfiler.StartAsync();
        profiler = await ProfilerConnection.OpenAsync(fake.Url, patience.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await profiler.DisposeAsync();
        await fake.DisposeAsync();
        patience.Dispose();
    }

    [Fact]
    public async Task The_table_in_use_is_not_news_and_the_newest_is_taken_once()
    {
        fake.OnWatchTable = async (request, stream, token) =>
        {
            Assert.Equal((Space.Height, 1), (request.Space.Height, request.Options.Threads));
            foreach (LatencyTable table in new[] { First, Second, Third })
                await stream.WriteAsync(Offer(table), token);
            await Task.Delay(Timeout.Infinite, token);
        };
        await using TableWatcher watcher = Watch(_ => { });
        LatencyTable? taken = null;
        while (taken is null || LatencyTableJson.HashOf(taken) != LatencyTableJson.HashOf(Third))
        {
            taken = watcher.Take() ?? taken;
            Assert.NotEqual(LatencyTableJson.HashOf(First), taken is null ? "" : LatencyTableJson.HashOf(taken));
            await Task.Delay(10, patience.Token);
        }
        Assert.Null(watcher.Take());
    }

    [Fact]
    public async Task A_profiler_that_goes_away_is_asked_again()
    {
        int calls = 0;
        fake.OnWatchTable = async (_, stream, token) =>
        {
            if (Interlocked.Increment(ref calls) < 3)
                throw new RpcException(new Status(StatusCode.Unavailable, "away"));
            await stream.WriteAsync(Offer(Second), token);
            await Task.Delay(Timeout.Infinite, token);
        };
        await using TableWatcher watcher = Watch(_ => { });
        while (watcher.Take() is null)
            await Task.Delay(10, patience.Token);
        Assert.Equal(3, calls);
    }

    [Fact]
    public async Task A_table_that_lacks_operators_is_told_and_left()
    {
        var lacking = new LatencyTable(First.Identity, Space, First.Entries.Skip(50), First.Created.AddHours(3));
        fake.OnWatchTable = async (_, stream, token) =>
        {
            await stream.WriteAsync(Offer(lacking), token);
            await Task.Delay(Timeout.Infinite, token);
        };
        var said = new TaskCompletionSource<string>();
        await using TableWatcher watcher = Watch(line => said.TrySetResult(line));
        Assert.Contains("lacks", await said.Task.WaitAsync(patience.Token), StringComparison.Ordinal);
        Assert.Null(watcher.Take());
    }

    [Fact]
    public async Task A_table_of_a_loaded_device_is_told_and_left_where_the_present_one_is_of_a_quiet_one()
    {
        var told = new Dictionary<string, string> { [LatencyTable.LoadedFact] = "somebody copies memory" };
        var loaded = new LatencyTable(First.Identity, Space, First.Entries, First.Created.AddHours(3), told);
        fake.OnWatchTable = async (_, stream, token) =>
        {
            await stream.WriteAsync(Offer(loaded), token);
            await Task.Delay(Timeout.Infinite, token);
        };
        var said = new TaskCompletionSource<string>();
        await using TableWatcher watcher = Watch(line => said.TrySetResult(line));
        Assert.EndsWith(
            "was measured on a loaded device: somebody copies memory. The search goes on with the table that it has.",
            await said.Task.WaitAsync(patience.Token),
            StringComparison.Ordinal
        );
        Assert.Null(watcher.Take());
        await using TableWatcher lenient = Watch(_ => { }, new LatencyTable(First.Identity, Space, First.Entries, First.Created, told));
        while (lenient.Take() is null)
            await Task.Delay(10, patience.Token);
    }

    [Fact]
    public async Task A_corrected_table_is_not_replaced_by_itself_and_newer_ones_get_its_correction()
    {
        var correction = new LatencyCorrection(0.9, 0.3, 0.2, 0, Networks: 30, Deviation: 0.01);
        fake.OnWatchTable = async (_, stream, token) =>
        {
            foreach (LatencyTable table in new[] { First, Second })
                await stream.WriteAsync(Offer(table), token);
            await Task.Delay(Timeout.Infinite, token);
        };
        await using TableWatcher watcher = Watch(_ => { }, First.With(correction));
        LatencyTable? taken = null;
        while ((taken = watcher.Take()) is null)
            await Task.Delay(10, patience.Token);
        Assert.Equal(LatencyTableJson.HashOf(Second.With(correction)), LatencyTableJson.HashOf(taken));
    }

    [Fact]
    public async Task The_profilers_own_correction_is_known_and_a_newer_one_is_taken_where_it_is_wanted()
    {
        LatencyCorrection own = new(0.9, 0, 0, 0, Networks: 12, Deviation: 0.01),
            newer = own with { Scale = 0.8 };
        fake.OnWatchTable = async (_, stream, token) =>
        {
            foreach (LatencyTable table in new[] { First.With(own), Second.With(newer) })
                await stream.WriteAsync(Offer(table), token);
            await Task.Delay(Timeout.Infinite, token);
        };
        foreach (
            (LatencyTable present, bool? networks, LatencyCorrection? expected) in new (LatencyTable, bool?, LatencyCorrection?)[]
            {
                (First.With(own), null, newer),
                (First, false, null),
            }
        )
        {
            var options = new MeasuringOptions { Networks = networks };
            await using var watcher = new TableWatcher(profiler, present, Space, options, _ => { }, new ImpatientTime());
            LatencyTable? taken = null;
            while (taken is null || LatencyTableJson.HashOf(taken.With(null)) != LatencyTableJson.HashOf(Second))
            {
                await Task.Delay(10, patience.Token);
                taken = watcher.Take() ?? taken;
            }
            Assert.Equal(expected, taken.Correction);
        }
    }

    /// <summary>With and without a correction in the table in use and in the newer one, each with facts of its own.</summary>
    [Theory]
    [InlineData(true, true, null, "newer")]
    [InlineData(true, false, null, "present")]
    [InlineData(false, true, null, "newer")]
    [InlineData(false, false, null, "newer")]
    [InlineData(true, true, false, "present")]
    public async Task Correction_and_facts_are_of_one_table(bool isCorrected, bool isNewerCorrected, bool? networks, string expected)
    {
        LatencyTable present = Shown(First, "present", isCorrected),
            newer = Shown(Second, "newer", isNewerCorrected);
        fake.OnWatchTable = async (_, stream, token) =>
        {
            await stream.WriteAsync(Offer(newer), token);
            await Task.Delay(Timeout.Infinite, token);
        };
        var options = new MeasuringOptions { Networks = networks };
        await using var watcher = new TableWatcher(profiler, present, Space, options, _ => { }, new ImpatientTime());
        LatencyTable? taken = null;
        while ((taken = watcher.Take()) is null)
            await Task.Delay(10, patience.Token);
        LatencyTable from = expected == "newer" ? newer : present;
        Assert.Equal(Second.Created, taken.Created);
        Assert.Equal(from.Correction, taken.Correction);
        Assert.All(NetworksFacts.Names, name => Assert.Equal(expected, taken.Environment[name]));
        Assert.Equal("newer", taken.Environment["cpu"]);
    }

    private static LatencyTable Shown(LatencyTable table, string facts, bool isCorrected) =>
        table.With(
            isCorrected ? new(facts == "newer" ? 0.8 : 0.9, 0, 0, 0, Networks: 12, Deviation: 0.01) : null,
            NetworksFacts.Names.Append("cpu").ToDictionary(name => name, _ => facts)
        );

    private static LatencyTable Later(int hours) => new(First.Identity, First.Space, First.Entries, First.Created.AddHours(hours));

    private TableWatcher Watch(Action<string> say, LatencyTable? present = null) =>
        new(profiler, present ?? First, Space, new MeasuringOptions(), say, new ImpatientTime());

    private WatchTableResponse Offer(LatencyTable table)
    {
        string hash = LatencyTableJson.HashOf(table);
        fake.Tables[hash[..12]] = LatencyTableJson.Serialize(table);
        return new()
        {
            Table = new() { Id = hash[..12], Hash = hash },
        };
    }
}
