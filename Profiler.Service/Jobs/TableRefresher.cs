using FasterSeg.Operators;
using FasterSeg.Operators.Tables;
using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Profiler.Service.Store;

namespace FasterSeg.Profiler.Service.Jobs;

/// <summary>Measures a share of a table's operators again, to see how far the device has drifted from it.</summary>
public sealed class TableRefresher(IEngine engine, OperatorSessions operators, JobStore jobs, TimeProvider time)
{
    /// <summary>The settings that a table was made with, where this device can measure with them.</summary>
    /// <exception cref="UserErrorException">The table is not of this device and these settings.</exception>
    public MeasurementSettings SettingsOf(StoredTable stored)
    {
        MeasurementSettings? settings = jobs.List().FirstOrDefault(job => job.TableId == stored.Id)?.Settings;
        if (settings is null) throw new UserErrorException($"Table '{stored.Id}' was not built here, so nobody knows its settings: build one with BuildTable.");
        return stored.Table.Identity.DifferenceFrom(engine.Identity(settings)) is { } difference
            ? throw new UserErrorException($"Table '{stored.Id}' cannot be refreshed here: {difference}.")
            : settings;
    }

    /// <summary>The operators that a share and a seed choose; at least one.</summary>
    public static IReadOnlyList<LatencyEntry> Choose(LatencyTable table, double share, ulong seed)
    {
        LatencyEntry[] measured = [.. table.Entries.Where(entry => entry.Origin == EntryOrigin.Measured && entry.Failure is null)];
        return [.. SeededOrder.Shuffle(measured, seed).Take((int)Math.Ceiling(share * measured.Length))];
    }

    /// <summary>Measures one operator again.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Task<LatencyEntry> MeasureAsync(LatencyEntry entry, MeasurementSettings settings, CancellationToken cancellation) =>
        operators.EntryAsync(entry.Spec, settings, cancellation);

    /// <summary>The table with new numbers where there are any.</summary>
    public LatencyTable Merge(LatencyTable table, IEnumerable<LatencyEntry> again)
    {
        var news = again.Where(entry => entry.Failure is null).ToDictionary(entry => entry.Spec);
        return new(table.Identity, table.Space, table.Entries.Select(entry => news.GetValueOrDefault(entry.Spec, entry)), time.GetUtcNow(), engine.Environment());
    }
}
