using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Profiler.Service.Jobs;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Profiler.Service.Store;
using FasterSeg.Profiler.Service.Tests.Engines;
using FasterSeg.Profiler.Service.Tests.Measuring;
using Microsoft.Extensions.Logging.Abstractions;

namespace FasterSeg.Profiler.Service.Tests.Jobs;

public sealed class TableBuilderTests : IDisposable
{
    private static readonly SearchSpace Space = new(
        64,
        64,
        8,
        [0.5, 8.0 / 12],
        Layers: 4,
        Classes: 3,
        TeacherStemRatio: 0.5,
        TeacherHeadRatio: 0.5,
        StudentStemRatio: 0.5,
        StudentHeadRatio: 0.5
    );

    private static readonly IReadOnlyList<OperatorSpec> Measurable =
    [
        .. Space.Operators(full: true).Where(spec => !spec.IsZeroByDefinition),
    ];

    private readonly DeviceWorker device = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => device.Dispose();

    [Fact]
    public async Task The_order_is_the_seeds_with_the_sentinel_in_between()
    {
        var engine = Steady();
        await BuildAsync(engine, seed: 5);
        string sentinel = TableBuilder.SentinelOf(Space).ToString();
        // The very first reading is taken twice: there is nothing yet that it could be held against.
        var expected = new List<string> { sentinel };
        for (int round = 0; round < 3; round++)
        {
            expected.AddRange(
                TableBuilder
                    .OrderOf(round, Measurable, seed: 5)
                    .Select(spec => spec.ToString())
                    .Chunk(Sentinel.DefaultInterval)
                    .SelectMany(stretch => stretch.Prepend(sentinel))
                    .Append(sentinel)
            );
        }
        Assert.Equal(expected, engine.Opened);
    }

    [Fact]
    public async Task An_operator_that_cannot_be_measured_is_a_failed_entry_and_the_others_are_there()
    {
        OperatorSpec bad = Space.SearchedOperators().First(spec => spec.Kind == OperatorKind.ZoomedConv);
        var engine = Steady(name => ThrowFor(name, bad));
        LatencyTable table = await BuildAsync(engine, seed: 1);
        LatencyEntry entry = Assert.Single(table.Entries, entry => entry.Failure is not null);
        Assert.Equal((bad, "no kernel"), (entry.Spec, entry.Failure));
        Assert.Throws<MissingLatencyException>(() => table[bad]);
        Assert.Equal(Space.Operators(full: true).Count, table.Entries.Count);
        Assert.Equal(1, LatencyTableJson.Parse(LatencyTableJson.Serialize(table), "table").Entries.Count(each => each.Failure is not null));
    }

    [Fact]
    public async Task Other_work_gets_its_turn_between_two_operators()
    {
        using var arrived = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        FakeEngine engine = Steady(_ =>
        {
            arrived.Set();
            goOn.Wait(Cancellation);
        });
        Task<LatencyTable> table = BuildAsync(engine, seed: 1);
        arrived.Wait(Cancellation);
        Task<int> other = device.RunAsync(_ => engine.Opened.Count, Cancellation);
        goOn.Set();
        Assert.Equal(1, await other);
        await table;
    }

    [Fact]
    public async Task What_a_drift_touched_is_measured_again_in_quiet()
    {
        // From the 40th opened session on, for 20 sessions, everything takes twice as long.
        LatencyTable table = await BuildWithAsync(opened => opened is >= 40 and < 60 ? 2 : 1, out FakeEngine engine);
        Assert.All(table.Entries.Where(entry => entry.Origin == EntryOrigin.Measured), entry =>
            Assert.Equal((1, false), (entry.MedianMs, entry.Drifted))
        );
        Assert.InRange(engine.Opened.Count, (3 * Measurable.Count) + 30, (3 * Measurable.Count) + 110);
        Assert.Equal(Space.Operators(full: true).Count, table.Entries.Count);
    }

    [Fact]
    public async Task A_device_that_changes_for_good_is_followed()
    {
        LatencyTable table = await BuildWithAsync(opened => opened >= Measurable.Count ? 2 : 1, out _);
        Assert.All(table.Entries.Where(entry => entry.Origin == EntryOrigin.Measured), entry =>
            Assert.Equal((2, false), (entry.MedianMs, entry.Drifted))
        );
    }

    [Fact]
    public async Task An_operator_whose_sessions_do_not_agree_gets_further_ones_and_is_flagged_where_they_never_do()
    {
        string restless = Measurable[^1].ToString(),
            slowOnce = Measurable[0].ToString();
        var time = new SyntheticTime();
        FakeEngine engine = null!;
        engine = new FakeEngine { Time = time, Running = name => time.Advance(Ms(name)) };
        LatencyTable table = await BuildAsync(engine, seed: 3);
        Assert.Equal(7, engine.Opened.Count(name => name == restless));
        Assert.True(Entry(restless).Noisy);
        Assert.Equal((1, false), (Entry(slowOnce).MedianMs, Entry(slowOnce).Noisy));
        Assert.Equal(5, Entry(slowOnce).Spread!.Sessions);
        Assert.Equal(2, table.Entries.Count(entry => entry.Spread?.Sessions > 3));

        LatencyEntry Entry(string name) => table.Entries.Single(entry => entry.Spec.ToString() == name);

        double Ms(string name)
        {
            int session = engine.Opened.Count(opened => opened == name);
            return name == restless ? 1 + (0.2 * session)
                : name == slowOnce && session == 2 ? 1.5
                : 1;
        }
    }

    [Fact]
    public async Task A_table_knows_the_environment_that_it_was_made_in()
    {
        LatencyTable table = await BuildAsync(Steady(), seed: 1);
        Assert.Equal("0 0 0", LatencyTableJson.Parse(LatencyTableJson.Serialize(table), "table").Environment["load_average"]);
    }

    /// <summary>An engine on which every run takes a millisecond, by a clock that only runs count for: nothing ever drifts.</summary>
    private static FakeEngine Steady(Action<string>? opening = null)
    {
        var time = new SyntheticTime();
        return new FakeEngine
        {
            Time = time,
            Running = _ => time.Advance(1),
            Opening = opening ?? (_ => { }),
        };
    }

    private Task<LatencyTable> BuildWithAsync(Func<int, double> msWhenOpened, out FakeEngine engine)
    {
        var time = new SyntheticTime();
        FakeEngine made = null!;
        made = engine = new FakeEngine { Time = time, Running = _ => time.Advance(msWhenOpened(made.Opened.Count)) };
        return BuildAsync(made, seed: 3);
    }

    private static void ThrowFor(string name, OperatorSpec bad)
    {
        if (name == bad.ToString())
            throw new UnusableModelException("no kernel");
    }

    private async Task<LatencyTable> BuildAsync(FakeEngine engine, ulong seed)
    {
        var measurer = new OperatorMeasurer(engine, engine.Time, NullLogger<OperatorMeasurer>.Instance);
        var builder = new TableBuilder(engine, device, measurer, engine.Time, NullLogger<TableBuilder>.Instance);
        var settings = new MeasurementSettings
        {
            Seed = seed,
            MaximumSeconds = 0.01,
            MinimumSamples = 6,
        };
        return await Task.Run(
            () => builder.BuildAsync(new TableJob("job", Space, settings, new MemoryJobLog()), Cancellation),
            Cancellation
        );
    }
}
