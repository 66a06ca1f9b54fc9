using FasterSeg.Latency.Numbers;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Profiler.Service.Jobs;

/// <summary>
/// Measures every operator of a space in several rounds, each in a seeded random order of its own with a sentinel in between, so that
/// an operator's sessions lie far apart in time. Operators whose sessions do not agree, or were touched by a drift of the sentinel,
/// get further ones. What the job's log holds is not measured again.
/// </summary>
public sealed class TableBuilder(
    IEngine engine,
    DeviceWorker device,
    IOperatorMeasurer measurer,
    TimeProvider time,
    ILogger<TableBuilder> logger
)
{
    private static readonly TimeSpan[] QuietWaits =
    [
        TimeSpan.FromSeconds(1),
        TimeSpan.FromSeconds(2),
        TimeSpan.FromSeconds(4),
        TimeSpan.FromSeconds(8),
    ];

    /// <summary>Measures the job's table and reports each session to the job.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<LatencyTable> BuildAsync(TableJob job, CancellationToken cancellation)
    {
        var work = OperatorWork.Of(job.Space);
        IReadOnlyDictionary<string, string> environment = engine.Environment();
        var rounds = new TableRounds(work.ToMeasure, job.Settings);
        for (int round = 0; rounds.Due() is { Count: > 0 } due; round++)
        {
            if (round >= rounds.FullRounds)
            {
                logger.LogInformation(
                    "Job {Job}: {Count} operators are unsure after {Rounds} rounds and are measured again",
                    job.Id,
                    due.Count,
                    round
                );
                await AwaitQuietAsync(job, rounds.ReferenceMs, cancellation);
            }
            await RoundAsync(job, round, OrderOf(round, due, job.Settings.Seed), rounds, cancellation);
        }
        logger.LogInformation(
            "Job {Job}: the sentinel {Operator} took {Reference:F4} ms, with a drift of {Drift:P1}",
            job.Id,
            SentinelOf(job.Space),
            rounds.ReferenceMs,
            rounds.Drift
        );
        return new(engine.Identity(job.Settings), job.Space, rounds.Entries().Concat(work.Defined), time.GetUtcNow(), environment);
    }

    /// <summary>A mid-sized operator that every space has: the convolution on the 1/16 map at full width.</summary>
    public static OperatorSpec SentinelOf(SearchSpace space)
    {
        int channels = space.Channels(16, space.FullRatio);
        return new(OperatorKind.Conv, space.Height / 16, space.Width / 16, channels, channels);
    }

    /// <summary>Sessions that a table of this space takes at least.</summary>
    public static int FewestSessions(SearchSpace space, MeasurementSettings settings) =>
        settings.Sessions * OperatorWork.Of(space).ToMeasure.Count;

    /// <summary>
    /// The order of a round: random, so that slow drift of the device (heat, neighbours) does not follow the sizes of the operators, and
    /// seeded, so that a run can be repeated. A job that goes on finds its sentinel's positions in it.
    /// </summary>
    public static IReadOnlyList<OperatorSpec> OrderOf(int round, IEnumerable<OperatorSpec> due, ulong seed) =>
        new SplitMix64(seed + (ulong)round).Shuffle(due);

    /// <summary>Measures operators in an order, one session each, with the sentinel before, between and after.</summary>
    private async Task RoundAsync(
        TableJob job,
        int round,
        IReadOnlyList<OperatorSpec> order,
        TableRounds rounds,
        CancellationToken cancellation
    )
    {
        Sentinel sentinel = rounds.Begin(order);
        foreach (SentinelReading reading in job.Log.Readings(round))
            sentinel.Add(reading.Position, reading.MedianMs);
        Dictionary<OperatorSpec, OperatorSession> known = job.Log.Sessions(round).ToDictionary(session => session.Entry.Spec);
        int first = order.TakeWhile(known.ContainsKey).Count();
        foreach (OperatorSpec spec in order.Where(known.ContainsKey))
            rounds.Add(known[spec]);
        int done = job.Present?.Done ?? 0;
        int later = Math.Max(0, rounds.FullRounds - round - 1) * order.Count;
        int total = done + order.Count + later;
        if (first > 0)
            logger.LogInformation(
                "Job {Job} goes on behind {Count} of {Total} sessions of round {Round}",
                job.Id,
                first,
                order.Count,
                round + 1
            );
        if (first > 0 || round == 0)
            job.Report(new(done + first, total, SecondsLeft: 0));

        long start = time.GetTimestamp();
        for (int i = first; i < order.Count; i++)
        {
            // Where a round goes on after an interruption, the device is looked at again.
            if (sentinel.IsDue(i, order.Count) || i == first)
                await ReadSentinelAsync(sentinel, job, round, i, rounds.ReferenceMs, cancellation);
            OperatorSession session = await MeasureAsync(job, order[i], cancellation);
            await job.KeepAsync(() => job.Log.Add(round, session), cancellation);
            rounds.Add(session);
            double secondsEach = time.GetElapsedTime(start).TotalSeconds / (i - first + 1);
            job.Report(new(done + i + 1, total, secondsEach * (total - done - i - 1), session.Entry));
        }
        if (sentinel.Readings is not [.., { Position: var last }] || last != order.Count)
            await ReadSentinelAsync(sentinel, job, round, order.Count, rounds.ReferenceMs, cancellation);
    }

    /// <summary>Gives whatever disturbs the device some time to pass.</summary>
    private async Task AwaitQuietAsync(TableJob job, double reference, CancellationToken cancellation)
    {
        var sentinel = new Sentinel(job.Settings.RelativeHalfWidth);
        foreach (TimeSpan wait in QuietWaits)
        {
            LatencyEntry reading = (await MeasureAsync(job, SentinelOf(job.Space), cancellation)).Entry;
            if (reading.Failure is not null || !sentinel.IsOff(reading.MedianMs, reference))
                return;
            await Task.Delay(wait, time, cancellation);
        }
    }

    private async Task ReadSentinelAsync(
        Sentinel sentinel,
        TableJob job,
        int round,
        int position,
        double reference,
        CancellationToken cancellation
    )
    {
        LatencyEntry reading = (await MeasureAsync(job, SentinelOf(job.Space), cancellation)).Entry;
        if (reading.Failure is not null)
            return;
        double median = reading.MedianMs;
        if (double.IsNaN(reference) || sentinel.IsOff(median, reference))
        {
            // One slow session is no drift: any operator has some. A device that is slow makes the next one slow too.
            LatencyEntry again = (await MeasureAsync(job, SentinelOf(job.Space), cancellation)).Entry;
            if (again.Failure is null)
                median = Math.Min(median, again.MedianMs);
        }
        sentinel.Add(position, median);
        await job.KeepAsync(() => job.Log.Add(round, new SentinelReading(position, median)), cancellation);
    }

    // While the device is lost, the job waits here.
    private Task<OperatorSession> MeasureAsync(TableJob job, OperatorSpec spec, CancellationToken cancellation) =>
        device.RunPatientlyAsync(job.Client, token => measurer.Measure(spec, job.Settings, token), cancellation);
}
