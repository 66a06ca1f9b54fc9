using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Profiler.Service.Store;

namespace FasterSeg.Profiler.Service.Jobs;

/// <summary>An operator that is measured to the end.</summary>
/// <param name="Entry">What its sessions say together, or why there is nothing.</param>
/// <param name="Sessions">Those that have samples, in their order.</param>
public sealed record SettledOperator(LatencyEntry Entry, IReadOnlyList<OperatorSession> Sessions);

/// <summary>What came of the rounds.</summary>
/// <param name="Entries">Every operator's entry.</param>
/// <param name="Readings">The sentinel's readings, in their order.</param>
/// <param name="Loaded">Why the device was a loaded one, as the end of a sentence; null where it was not.</param>
/// <param name="Waited">What was waited for quiet.</param>
public sealed record RoundsOutcome(
    IReadOnlyList<LatencyEntry> Entries,
    IReadOnlyList<SentinelReading> Readings,
    string? Loaded,
    TimeSpan Waited
);

/// <summary>
/// Measures operators of a space in several rounds, each in a seeded random order of its own with a sentinel in between, so that
/// an operator's sessions lie far apart in time. Operators whose sessions do not agree, or were touched by a drift of the sentinel,
/// get further ones, and so do those that something from outside has ended. What the job's log holds is not measured again.
/// </summary>
/// <param name="engine">What is measured with.</param>
/// <param name="device">The device's thread.</param>
/// <param name="measurer">Measures an operator.</param>
/// <param name="time">Paces the waiting.</param>
/// <param name="logger">Told how it goes.</param>
/// <param name="load">Tells a loaded device from a slow one; null where nobody asks.</param>
public sealed class RoundsRunner(
    IEngine engine,
    DeviceWorker device,
    IOperatorMeasurer measurer,
    TimeProvider time,
    ILogger logger,
    DeviceLoad? load = null
)
{
    // A wait that a short job hardly has is no news.
    private static readonly TimeSpan WorthTelling = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan[] QuietWaits =
    [
        TimeSpan.FromSeconds(1),
        TimeSpan.FromSeconds(2),
        TimeSpan.FromSeconds(4),
        TimeSpan.FromSeconds(8),
    ];

    /// <summary>Measures and reports each session to the job.</summary>
    /// <param name="job">Whose turns it takes, how it measures, and whose log it writes.</param>
    /// <param name="operators">The operators, none of them 0 by definition.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <param name="settled">Told each operator once, as soon as it needs no further session; it gets none then, whatever comes. Null where
    /// all are judged together at the end.</param>
    /// <param name="behind">Sessions that may come behind the rounds: the job's total has them from the start, so that it is not done
    /// before they are.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<RoundsOutcome> RunAsync(
        TableJob job,
        IReadOnlyList<OperatorSpec> operators,
        CancellationToken cancellation,
        Action<SettledOperator>? settled = null,
        int behind = 0
    )
    {
        TableIdentity identity = engine.Identity(job.Settings);
        OperatorSpec sentinel = TableBuilder.SentinelOf(job.Space);
        PaceReference? quiet = load?.Reference(identity, sentinel);
        var patience = new QuietPatience(job.Quiet);
        var rounds = new TableRounds(operators, job.Settings, quiet);
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
            await AwaitQuietAsync(job, quiet, patience, cancellation);
            await RoundAsync(job, round, TableBuilder.OrderOf(round, due, job.Settings.Seed), rounds, behind, cancellation);
            if (settled is null)
                continue;
            foreach (SettledOperator each in rounds.Settle())
                settled(each);
        }
        string? loaded = rounds.Loaded();
        load?.Note(identity, sentinel, rounds.Found, loaded is not null);
        logger.LogInformation(
            "Job {Job}: the sentinel {Operator} took {Reference:F4} ms, with a drift of {Drift:P1}",
            job.Id,
            sentinel,
            rounds.ReferenceMs,
            rounds.Drift
        );
        return new(rounds.Entries(), rounds.Readings, loaded, patience.Waited);
    }

    /// <summary>Measures operators in an order, one session each, with the sentinel before, between and after.</summary>
    private async Task RoundAsync(
        TableJob job,
        int round,
        IReadOnlyList<OperatorSpec> order,
        TableRounds rounds,
        int behind,
        CancellationToken cancellation
    )
    {
        Sentinel sentinel = rounds.Begin(order);
        foreach (SentinelReading reading in await job.KeepAsync(() => job.Log.Readings(round), cancellation))
            sentinel.Add(reading);
        IReadOnlyList<OperatorSession> kept = await job.KeepAsync(() => job.Log.Sessions(round), cancellation);
        Dictionary<OperatorSpec, OperatorSession> known = kept.ToDictionary(session => session.Entry.Spec);
        int done = job.Present?.Done ?? 0,
            measured = order.Count(known.ContainsKey);
        foreach (OperatorSpec spec in order.Where(known.ContainsKey))
            rounds.Add(known[spec]);
        int later = Math.Max(0, rounds.FullRounds - round - 1) * order.Count;
        int operators = done + order.Count + later,
            total = operators + behind,
            first = measured;
        if (measured > 0)
            logger.LogInformation(
                "Job {Job} goes on behind {Count} of {Total} sessions of round {Round}",
                job.Id,
                measured,
                order.Count,
                round + 1
            );
        if (measured > 0 || round == 0)
            job.Report(new(done + measured, total, SecondsLeft: 0));

        long start = time.GetTimestamp();
        bool isBehindKnown = true;
        for (int i = 0; i < order.Count; i++)
        {
            bool isKnown = known.ContainsKey(order[i]);
            // Where a round goes on behind what is there, the device is looked at again; and once more before it skips what is there.
            if (isKnown ? !isBehindKnown : sentinel.IsDue(i, order.Count) || isBehindKnown)
                await ReadSentinelAsync(sentinel, job, round, i, rounds.ReferenceMs, cancellation);
            isBehindKnown = isKnown;
            if (isKnown)
                continue;
            OperatorSession session = await MeasureAsync(job, order[i], cancellation);
            // What was ended from outside was not measured, and is what a job that goes on begins with.
            if (session.FromOutside)
                await job.KeepAsync(() => job.Log.Note(JobEvent.Interrupted), cancellation);
            else
                await job.KeepAsync(() => job.Log.Add(round, session), cancellation);
            rounds.Add(session);
            measured++;
            double secondsEach = time.GetElapsedTime(start).TotalSeconds / (measured - first);
            job.Report(new(done + measured, total, secondsEach * (operators - done - measured), session.Entry));
        }
        if (sentinel.Readings is not [.., { Position: var last }] || last != order.Count)
            await ReadSentinelAsync(sentinel, job, round, order.Count, rounds.ReferenceMs, cancellation);
    }

    /// <summary>Waits for a device that nobody else uses, as long as the job's patience lasts.</summary>
    private async Task AwaitQuietAsync(TableJob job, PaceReference? quiet, QuietPatience patience, CancellationToken cancellation)
    {
        var sentinel = new Sentinel(job.Settings.RelativeHalfWidth);
        for (bool isFirst = true; quiet is not null && patience.Left > TimeSpan.Zero; isFirst = false)
        {
            long start = time.GetTimestamp();
            if (await ReadAsync(job, 0, cancellation) is not { } reading)
                return;
            if (LoadVerdict.Of([reading], quiet, sentinel).Reason is not { } reason)
                return;
            if (isFirst && patience.Left >= WorthTelling)
                logger.LogWarning(
                    "Job {Job} waits up to {Seconds:F0} s for a device in quiet: {Reason}",
                    job.Id,
                    patience.Left.TotalSeconds,
                    reason
                );
            await Task.Delay(patience.NextPause(), time, cancellation);
            patience.Spend(time.GetElapsedTime(start));
        }
    }

    /// <summary>Gives whatever disturbs the device some time to pass.</summary>
    private async Task AwaitQuietAsync(TableJob job, double reference, CancellationToken cancellation)
    {
        var sentinel = new Sentinel(job.Settings.RelativeHalfWidth);
        foreach (TimeSpan wait in QuietWaits)
        {
            LatencyEntry reading = (await MeasureAsync(job, TableBuilder.SentinelOf(job.Space), cancellation)).Entry;
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
        if (await ReadAsync(job, position, cancellation) is not { } reading)
            return;
        if (double.IsNaN(reference) || sentinel.IsOff(reading.MedianMs, reference))
        {
            // One slow session is no drift: any operator has some. A device that is slow makes the next one slow too.
            LatencyEntry again = (await MeasureAsync(job, TableBuilder.SentinelOf(job.Space), cancellation)).Entry;
            if (again.Failure is null)
                reading = reading with { MedianMs = Math.Min(reading.MedianMs, again.MedianMs) };
        }
        sentinel.Add(reading);
        await job.KeepAsync(() => job.Log.Add(round, reading), cancellation);
    }

    /// <summary>The sentinel, and the machine beside it; null where it cannot be measured.</summary>
    private async Task<SentinelReading?> ReadAsync(TableJob job, int position, CancellationToken cancellation)
    {
        LatencyEntry sentinel = (await MeasureAsync(job, TableBuilder.SentinelOf(job.Space), cancellation)).Entry;
        if (sentinel.Failure is not null)
            return null;
        HostPace host = load is null ? HostPace.Unknown : await device.RunPatientlyAsync(job.Client, _ => load.Look(), cancellation);
        return new(position, sentinel.MedianMs, host);
    }

    // While the device is lost, the job waits here.
    private Task<OperatorSession> MeasureAsync(TableJob job, OperatorSpec spec, CancellationToken cancellation) =>
        device.RunPatientlyAsync(job.Client, token => measurer.Measure(spec, job.Settings, token), cancellation);
}
