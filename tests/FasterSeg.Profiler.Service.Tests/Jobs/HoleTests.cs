using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Jobs;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Profiler.Service.Store;
using FasterSeg.Profiler.Service.Tests.Engines;
using FasterSeg.Profiler.Service.Tests.Measuring;
using Microsoft.Extensions.Logging.Abstractions;

namespace FasterSeg.Profiler.Service.Tests.Jobs;

/// <summary>Measurements that something from outside ends make no holes.</summary>
public sealed class HoleTests : IDisposable
{
    private static readonly MeasurementSettings Settings = new()
    {
        Seed = 3,
        MaximumSeconds = 0.01,
        MinimumSamples = 6,
    };
    private static readonly OperatorSpec Victim = OperatorWork.Of(JobService.Space).ToMeasure[7];

    private readonly DeviceWorker device = new();
    private readonly SyntheticTime time = new();
    private readonly MemoryJobLog log = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => device.Dispose();

    [Fact]
    public async Task What_was_killed_from_outside_in_every_round_is_measured_in_a_later_one()
    {
        var killer = new Killer(Measurer(), kills: 4, isFromOutside: true);
        LatencyTable table = await BuildAsync(killer);
        Assert.DoesNotContain(table.Entries, entry => entry.Failure is not null);
        LatencyEntry entry = table.Find(Victim)!;
        Assert.Equal((1, 3), (entry.MedianMs, entry.Spread!.Sessions));
        Assert.Equal("4 measurements", table.Environment["interrupted_from_outside"]);
    }

    [Fact]
    public async Task What_is_killed_for_ever_is_given_up_at_last_and_says_why()
    {
        var killer = new Killer(Measurer(), kills: int.MaxValue, isFromOutside: true);
        LatencyTable table = await BuildAsync(killer);
        Assert.Equal("killed", Assert.Single(table.Entries, entry => entry.Failure is not null).Failure);
        Assert.Equal(Settings.MostSessions, killer.Kills);
    }

    [Fact]
    public async Task What_fails_by_itself_is_tried_once()
    {
        var killer = new Killer(Measurer(), kills: int.MaxValue, isFromOutside: false);
        LatencyTable table = await BuildAsync(killer);
        Assert.Equal(Victim, Assert.Single(table.Entries, entry => entry.Failure is not null).Spec);
        Assert.Equal(1, killer.Kills);
    }

    [Fact]
    public async Task A_job_that_goes_on_measures_what_was_killed_and_nothing_else()
    {
        await BuildAsync(new Killer(Measurer(), kills: int.MaxValue, isFromOutside: true));
        Assert.DoesNotContain(log.Sessions(0), session => session.Entry.Spec == Victim);
        var next = new Killer(Measurer(), kills: 0, isFromOutside: true);
        LatencyTable table = await BuildAsync(next);
        Assert.DoesNotContain(table.Entries, entry => entry.Failure is not null);
        Assert.Equal(3, table.Find(Victim)!.Spread!.Sessions);
        Assert.Equal([Victim], next.Measured.Where(spec => spec != TableBuilder.SentinelOf(JobService.Space)).Distinct());
    }

    private OperatorMeasurer Measurer() =>
        new(new FakeEngine { Time = time, Running = _ => time.Advance(1) }, time, NullLogger<OperatorMeasurer>.Instance);

    private async Task<LatencyTable> BuildAsync(Killer killer)
    {
        var builder = new TableBuilder(new FakeEngine(), device, killer, time, NullLogger<TableBuilder>.Instance);
        return await Task.Run(() => builder.BuildAsync(new TableJob("job", JobService.Space, Settings, log), Cancellation), Cancellation);
    }

    /// <summary>Ends the victim's measurements, as often as it is told.</summary>
    private sealed class Killer(IOperatorMeasurer inner, int kills, bool isFromOutside) : IOperatorMeasurer
    {
        public int Kills { get; private set; }

        public List<OperatorSpec> Measured { get; } = [];

        public OperatorSession Measure(OperatorSpec spec, MeasurementSettings settings, CancellationToken cancellation)
        {
            Measured.Add(spec);
            if (spec != Victim || Kills >= kills)
                return inner.Measure(spec, settings, cancellation);
            Kills++;
            return new(LatencyEntry.Failed(spec, "killed"), Interrupted: true, FromOutside: isFromOutside);
        }
    }
}
