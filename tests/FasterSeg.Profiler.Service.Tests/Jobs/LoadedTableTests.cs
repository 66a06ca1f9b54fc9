using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Jobs;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Profiler.Service.Store;
using FasterSeg.Profiler.Service.Tests.Engines;
using FasterSeg.Profiler.Service.Tests.Measuring;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace FasterSeg.Profiler.Service.Tests.Jobs;

/// <summary>Tables of a device that somebody else uses too, on a clock that only runs and waits count for.</summary>
public sealed class LoadedTableTests : IDisposable
{
    private static readonly MeasurementSettings Settings = new()
    {
        Seed = 3,
        MaximumSeconds = 0.01,
        MinimumSamples = 6,
    };

    // One width has far fewer operators: each test measures several tables, and none is about what is in them.
    private static readonly SearchSpace Space = JobService.Space with { WidthRatios = [0.5] };

    private readonly string folder = Directory.CreateTempSubdirectory("fasterseg-loaded-").FullName;
    private readonly DeviceWorker device = new();
    private readonly SyntheticTime time = new();
    private readonly ScriptedProbe probe = new();
    private readonly DevicePaces paces;
    private readonly FakeEngine engine;
    private double runMs = 1;

    public LoadedTableTests()
    {
        paces = new(new ProfilerDatabase(folder, NullLogger<ProfilerDatabase>.Instance), TimeProvider.System);
        engine = new() { Time = time, Running = _ => time.Advance(runMs) };
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        device.Dispose();
        SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_device_in_quiet_makes_a_clean_table_at_once()
    {
        foreach (int _ in new[] { 1, 2 })
        {
            LatencyTable table = await BuildAsync(quiet: TimeSpan.FromSeconds(60));
            Assert.Null(table.Loaded);
            Assert.DoesNotContain("waited_for_quiet", table.Environment.Keys);
            Assert.DoesNotContain(table.Entries, entry => entry.Drifted);
        }
    }

    [Fact]
    public async Task Load_from_the_first_second_to_the_last_flags_the_table_and_all_of_its_entries()
    {
        await BuildAsync();
        runMs = 1.25;
        LatencyTable table = await BuildAsync();
        Assert.Equal("the sentinel took 1.25 times what it takes in quiet", table.Loaded);
        Assert.All(table.Entries.Where(entry => entry.Origin == EntryOrigin.Measured), entry =>
            Assert.Equal((1.25, true), (entry.MedianMs, entry.Drifted))
        );
        // What it found is no quiet for those after it.
        Assert.NotNull((await BuildAsync()).Loaded);
        Assert.Equal(table.Loaded, LatencyTableJson.Parse(LatencyTableJson.Serialize(table), "table").Loaded);
    }

    [Fact]
    public async Task Who_copies_memory_flags_it_where_the_sentinel_feels_nothing()
    {
        await BuildAsync();
        probe.Present = () => new(MemoryMs: 13, ArithmeticMs: 0.012, Busy: 0);
        Assert.Equal("reading memory took 1.30 times what it takes in quiet", (await BuildAsync()).Loaded);
    }

    [Fact]
    public async Task On_a_device_that_nobody_knows_the_use_of_its_processors_tells()
    {
        probe.Present = () => new(MemoryMs: 13, ArithmeticMs: 0.012, Busy: 0.5);
        Assert.StartsWith("others used 50 % of the processors", (await BuildAsync()).Loaded, StringComparison.Ordinal);
        // It is still not known.
        Assert.NotNull((await BuildAsync()).Loaded);
        probe.Present = () => new(MemoryMs: 10, ArithmeticMs: 0.012, Busy: 0.1);
        Assert.Null((await BuildAsync()).Loaded);
        // From now on it is, and a busy processor alone says nothing.
        probe.Present = () => new(MemoryMs: 10, ArithmeticMs: 0.012, Busy: 0.5);
        Assert.Null((await BuildAsync()).Loaded);
    }

    [Fact]
    public async Task Readings_that_scatter_in_quiet_are_no_load_until_they_are_slower_than_that()
    {
        int looks = 0;
        double scale = 1;
        // Neighbours of a virtual machine: every third reading of memory is a third slower, with nobody else on the machine.
        probe.Present = () => new(MemoryMs: scale * (++looks % 3 == 0 ? 13.5 : 10), ArithmeticMs: 0.012, Busy: 0);
        foreach (int _ in new[] { 1, 2, 3 })
        {
            LatencyTable table = await BuildAsync();
            Assert.Null(table.Loaded);
            Assert.DoesNotContain(table.Entries, entry => entry.Drifted);
        }
        scale = 1.4;
        Assert.StartsWith("reading memory took 1.4", (await BuildAsync()).Loaded, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_slow_reading_within_the_scatter_of_quiet_is_load_where_others_use_the_processors()
    {
        int looks = 0;
        probe.Present = () => new(MemoryMs: ++looks % 3 == 0 ? 13.5 : 10, ArithmeticMs: 0.012, Busy: 0);
        await BuildAsync();
        probe.Present = () => new(MemoryMs: 13, ArithmeticMs: 0.012, Busy: 0.5);
        Assert.StartsWith("reading memory took 1.3", (await BuildAsync()).Loaded, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_waits_for_quiet_and_is_clean_where_that_comes_within_its_bound()
    {
        await BuildAsync();
        int looks = 0;
        probe.Present = () => new(MemoryMs: ++looks <= 5 ? 30 : 10, ArithmeticMs: 0.012, Busy: 0);
        LatencyTable table = await BuildAsync(quiet: TimeSpan.FromSeconds(60));
        Assert.Null(table.Loaded);
        // 0.5, 1, 2, 4 and 8 s, and the looks in between.
        Assert.InRange(double.Parse(table.Environment["waited_for_quiet"].Split(' ')[0], null), 15.5, 16.5);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(20, 20)]
    public async Task A_device_that_stays_busy_is_measured_when_the_bound_is_reached(double bound, double waited)
    {
        await BuildAsync();
        probe.Present = () => new(MemoryMs: 30, ArithmeticMs: 0.012, Busy: 1);
        LatencyTable table = await BuildAsync(quiet: TimeSpan.FromSeconds(bound));
        Assert.NotNull(table.Loaded);
        double told = double.Parse(table.Environment.GetValueOrDefault("waited_for_quiet", "0 s").Split(' ')[0], null);
        Assert.InRange(told, waited, waited + 1);
    }

    [Fact]
    public async Task Load_for_more_than_half_of_a_job_is_told_from_the_device_where_its_quiet_is_known()
    {
        await BuildAsync();
        int before = engine.Opened.Count;
        // Two of three full rounds; without the history the loaded ones would be the usual state, and the quiet ones the drift.
        engine.Opened.Clear();
        int loadedUntil = before * 2 / 3;
        LatencyTable table = await BuildAsync(ms: () => engine.Opened.Count < loadedUntil ? 1.25 : 1);
        Assert.Null(table.Loaded);
        Assert.All(table.Entries.Where(entry => entry.Origin == EntryOrigin.Measured), entry =>
            Assert.Equal((1, false), (entry.MedianMs, entry.Drifted))
        );
    }

    /// <summary>Operators that are measured one by one are of no space, and have no sentinel.</summary>
    [Fact]
    public async Task Looks_at_the_machine_alone_tell_of_load_too()
    {
        HostPace quiet = new(MemoryMs: 10, ArithmeticMs: 0.012, Busy: 0),
            busy = quiet with { Busy = 0.75 },
            slow = quiet with { MemoryMs = 13 };
        var load = new DeviceLoad(paces, probe);
        string device = engine.Device.Uuid;
        Assert.Null(load.Reason(device, [quiet, quiet]));
        Assert.StartsWith("others used 75 % of the processors", load.Reason(device, [busy, busy]), StringComparison.Ordinal);
        await BuildAsync();
        Assert.Null(load.Reason(device, [quiet, quiet, quiet]));
        Assert.Equal("reading memory took 1.30 times what it takes in quiet", load.Reason(device, [slow, slow]));
        Assert.Null(load.Reason(device, []));
    }

    private async Task<LatencyTable> BuildAsync(TimeSpan? quiet = null, Func<double>? ms = null)
    {
        FakeEngine used = ms is null
            ? engine
            : new FakeEngine
            {
                Time = time,
                Opening = name => engine.Opened.Add(name),
                Running = _ => time.Advance(ms()),
            };
        var measurer = new OperatorMeasurer(used, time, NullLogger<OperatorMeasurer>.Instance);
        var builder = new TableBuilder(used, device, measurer, time, NullLogger<TableBuilder>.Instance, new DeviceLoad(paces, probe));
        var job = new TableJob("job", Space, Settings, new MemoryJobLog(), quiet: quiet ?? TimeSpan.Zero);
        return await Task.Run(() => builder.BuildAsync(job, Cancellation), Cancellation);
    }

    private sealed class ScriptedProbe : IHostProbe
    {
        public Func<HostPace> Present { get; set; } = () => new(MemoryMs: 10, ArithmeticMs: 0.012, Busy: 0);

        public HostPace Read() => Present();
    }
}
