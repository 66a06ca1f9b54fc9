using FasterSeg.Latency.Tables;
using FasterSeg.Search.Data;
using FasterSeg.Search.Runs;

namespace FasterSeg.Search.Searching;

/// <summary>The table that a search works on, which a newer version may replace between two steps; the run keeps both.</summary>
/// <param name="table">The first one.</param>
/// <param name="run">Where they are kept.</param>
/// <param name="hooks">Brings newer versions, and tells the user.</param>
/// <param name="patience">Waits for room on the disk.</param>
internal sealed class LiveTable(LatencyTable table, RunFolder run, SearchHooks hooks, Patience patience)
{
    /// <summary>The newest.</summary>
    public LatencyTable Current { get; private set; } = table;

    /// <summary>Goes on with a newer version, where there is one.</summary>
    /// <returns>The median ratio of its latencies to those before; null where nothing changed.</returns>
    public double? TakeNewer(BatchPosition at, CancellationToken cancellation)
    {
        if (hooks.NewerTable?.Invoke() is not { } newer)
            return null;
        TableComparison change = TableComparison.Of(Current, newer);
        double ratio = TableComparison.MedianRatio(change.Entries);
        patience.Run(
            "The search",
            () =>
            {
                LatencyTableJson.Save(Current, run.In($"table-{LatencyTableJson.IdOf(Current)}.json"));
                LatencyTableJson.Save(newer, run.Table);
            },
            cancellation
        );
        Current = newer;
        hooks.Reporter.Say(
            FormattableString.Invariant(
                $"epoch {at.Epoch + 1}, step {at.Step + 1}: goes on with a newer table ({LatencyTableJson.IdOf(newer)}): median "
            )
                + FormattableString.Invariant(
                    $"ratio to the one before {ratio:F4}, 95 % of the operators within {100 * change.Deviation(0.95):F1} %"
                )
        );
        return ratio;
    }
}
