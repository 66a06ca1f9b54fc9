using System.Runtime.CompilerServices;
using FasterSeg.Latency;
using FasterSeg.Latency.Numbers;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Profiler.Service.Store;
using MathNet.Numerics.Statistics;

namespace FasterSeg.Profiler.Service.Jobs;

/// <summary>Measures a share of a table's operators again, to see how far the device has drifted from it.</summary>
public sealed class TableRefresher(IEngine engine, OperatorSessions operators, JobStore jobs, TableStore tables, TimeProvider time)
{
    /// <summary>Measures again and keeps the table's new version.</summary>
    /// <param name="stored">The table.</param>
    /// <param name="share">Share of its operators, above 0 and up to 1; at least one is measured.</param>
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
        // Together: who watches the tables may refresh this one at once.
        StoredTable next = tables.Save(Merge(stored.Table, pairs), (transaction, saved) =>
            jobs.AddFinished(transaction, saved.Table.Space!, settings, saved)
        );
        yield return new(
            chosen.Count,
            chosen.Count,
            Outcome: new(
                next,
                pairs.Select(pair => pair.Ratio).Median(),
                pairs.Average(pair => IsOutside(pair.First, pair.Second.MedianMs) ? 1.0 : 0)
            )
        );
    }

    /// <summary>The operators that a share and a seed choose; at least one.</summary>
    public static IReadOnlyList<LatencyEntry> Choose(LatencyTable table, double share, ulong seed)
    {
        LatencyEntry[] measured = [.. table.Entries.Where(entry => entry.Origin == EntryOrigin.Measured && entry.Failure is null)];
        return [.. new SplitMix64(seed).Shuffle(measured).Take((int)Math.Ceiling(share * measured.Length))];
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

    private static bool IsOutside(LatencyEntry before, double medianMs) =>
        before.Spread is { } spread && (medianMs < spread.ConfidenceLowMs || medianMs > spread.ConfidenceHighMs);

    /// <summary>The table with new numbers where there are any.</summary>
    private LatencyTable Merge(LatencyTable table, IEnumerable<ComparedEntry> pairs)
    {
        var news = pairs.ToDictionary(pair => pair.Spec, pair => pair.Second);
        return new(
            table.Identity,
            table.Space,
            table.Entries.Select(entry => news.GetValueOrDefault(entry.Spec, entry)),
            time.GetUtcNow(),
            engine.Environment()
        );
    }
}
