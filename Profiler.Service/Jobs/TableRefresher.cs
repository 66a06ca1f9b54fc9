using System.Runtime.CompilerServices;
using FasterSeg.Latency;
using FasterSeg.Latency.Numbers;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Profiler.Service.Store;

namespace FasterSeg.Profiler.Service.Jobs;

/// <summary>Measures a share of a table's operators again, to see how far the device has drifted from it; first those that it has no
/// latency of.</summary>
/// <param name="engine">What is measured with.</param>
/// <param name="operators">Measures an operator.</param>
/// <param name="jobs">Knows how a table came about.</param>
/// <param name="tables">Keeps the new version.</param>
/// <param name="time">The clock.</param>
/// <param name="load">Tells a loaded device from a slow one; null where nobody asks.</param>
public sealed class TableRefresher(
    IEngine engine,
    OperatorSessions operators,
    JobStore jobs,
    TableStore tables,
    TimeProvider time,
    DeviceLoad? load = null
)
{
    private const int Looks = 2;

    /// <summary>Measures again and keeps the table's new version.</summary>
    /// <param name="stored">The table.</param>
    /// <param name="share">Share of its operators that have a latency, above 0 and up to 1; at least one is measured. Those without one all
    /// are.</param>
    /// <param name="seed">Chooses them, and their order.</param>
    /// <param name="client">Whose turn the measurements take.</param>
    /// <param name="cancellation">Ends it, without a new version.</param>
    /// <returns>Each operator as it is measured, then the outcome.</returns>
    /// <exception cref="UserErrorException">The table is not of this device, was not built here, nothing of it could be measured, or the
    /// new one cannot be kept.</exception>
    /// <exception cref="DeviceLostException">The device is lost.</exception>
    public async IAsyncEnumerable<RefreshProgress> RefreshAsync(
        StoredTable stored,
        double share,
        ulong seed,
        string client,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        MeasurementSettings settings = SettingsOf(stored);
        IReadOnlyList<LatencyEntry> chosen = Choose(stored.Table, share, seed);
        var pairs = new List<ComparedEntry>();
        var readings = new List<SentinelReading>();
        OperatorSpec sentinel = TableBuilder.SentinelOf(stored.Table.Space!);
        PaceReference? quiet = load?.Reference(stored.Table.Identity, sentinel);
        await LookAsync(sentinel, quiet, settings, client, readings, cancellation);
        foreach (LatencyEntry before in chosen)
        {
            LatencyEntry now = await operators.EntryAsync(client, before.Spec, settings, cancellation);
            pairs.Add(new(before.Spec, before, now));
            yield return new(pairs.Count, chosen.Count, pairs[^1]);
        }
        string? reason = pairs.FirstOrDefault()?.Second.Failure;
        pairs.RemoveAll(pair => pair.Second.Failure is not null);
        if (pairs.Count == 0)
            throw new UserErrorException(
                $"Table '{stored.Id}' stays as it is: none of {chosen.Count} operators could be measured "
                    + $"again{(reason is null ? "" : $" ({reason.TrimEnd('.')})")}."
            );
        await LookAsync(sentinel, quiet, settings, client, readings, cancellation);
        string? loaded = Loaded(stored.Table, sentinel, quiet, settings, readings, pairs);
        // Together: who watches the tables may refresh this one at once.
        StoredTable next = tables.Save(Merge(stored.Table, pairs, loaded), (transaction, saved) =>
            jobs.AddFinished(transaction, saved.Table.Space!, settings, saved)
        );
        yield return new(chosen.Count, chosen.Count, Outcome: new(next, RefreshDrift.Of(pairs)));
    }

    /// <summary>The operators without a latency, then those that a share and a seed choose of the others; at least one.</summary>
    public static IReadOnlyList<LatencyEntry> Choose(LatencyTable table, double share, ulong seed)
    {
        LatencyEntry[] measured = [.. table.Entries.Where(entry => entry.Origin == EntryOrigin.Measured && entry.Failure is null)];
        return
        [
            .. table.Entries.Where(entry => entry.Failure is not null),
            .. new SplitMix64(seed).Shuffle(measured).Take((int)Math.Ceiling(share * measured.Length)),
        ];
    }

    /// <summary>Looks at the device, where its load is asked for.</summary>
    private async Task LookAsync(
        OperatorSpec sentinel,
        PaceReference? quiet,
        MeasurementSettings settings,
        string client,
        List<SentinelReading> readings,
        CancellationToken cancellation
    )
    {
        if (load is null || quiet is null)
            return;
        for (int look = 0; look < Looks; look++)
        {
            OperatorSession session = await operators.SessionAsync(client, sentinel, settings, cancellation);
            HostPace host = await operators.RunAsync(client, _ => load.Look(), cancellation);
            if (session.Entry.Failure is not null)
                return;
            var reading = new SentinelReading(readings.Count, session.Entry.MedianMs, host);
            // One slow look is no load; a device that is loaded is slow again.
            if (look + 1 < Looks && new Sentinel(settings.RelativeHalfWidth).IsSlow(reading, quiet))
                continue;
            readings.Add(reading);
            return;
        }
    }

    /// <summary>Why the new version is one of a loaded device; null where it is not. What the old one was counts as long as some of its
    /// numbers do.</summary>
    private string? Loaded(
        LatencyTable before,
        OperatorSpec sentinel,
        PaceReference? quiet,
        MeasurementSettings settings,
        List<SentinelReading> readings,
        List<ComparedEntry> pairs
    )
    {
        bool isAll = pairs.Count == before.Entries.Count(entry => entry.Origin == EntryOrigin.Measured);
        string? old = isAll ? null : before.Loaded;
        if (load is null || quiet is null || readings.Count == 0)
            return old;
        string? now = LoadVerdict.Of(readings, quiet, new Sentinel(settings.RelativeHalfWidth), quietShare: 1).Reason;
        load.Note(before.Identity, sentinel, PaceReference.Of(readings), now is not null);
        return now ?? old;
    }

    /// <summary>The settings that a table was made with, where this device can measure with them.</summary>
    private MeasurementSettings SettingsOf(StoredTable stored)
    {
        MeasurementSettings? settings = jobs.FindByTable(stored.Id)?.Settings;
        if (settings is null)
            throw new UserErrorException(
                $"Table '{stored.Id}' was not built here, so nobody knows its settings: build one with BuildTable."
            );
        return stored.Table.Identity.DifferenceFrom(engine.Identity(settings)) is { } difference
            ? throw new UserErrorException($"Table '{stored.Id}' cannot be refreshed here: {difference}.")
            : settings;
    }

    /// <summary>The table with new numbers where there are any.</summary>
    private LatencyTable Merge(LatencyTable table, IEnumerable<ComparedEntry> pairs, string? loaded)
    {
        var news = pairs.ToDictionary(pair => pair.Spec, pair => pair.Second);
        return new(
            table.Identity,
            table.Space,
            table
                .Entries.Select(entry => news.GetValueOrDefault(entry.Spec, entry))
                .Select(entry => loaded is null ? entry : entry.OnLoadedDevice()),
            time.GetUtcNow(),
            TableStory.Carry(
                TableStory.Tell(engine.Environment(), loaded, events: new Dictionary<JobEvent, int>(), waited: TimeSpan.Zero),
                table.Environment
            ),
            // A correction is of the device and not of one version of the table.
            table.Correction
        );
    }
}
