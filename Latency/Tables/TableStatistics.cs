using System.Globalization;
using FasterSeg.Latency.Spaces;

namespace FasterSeg.Latency.Tables;

/// <summary>
/// A table's size and spread. Entries that are 0 by definition and failed ones are counted, but take no part in a range.
/// </summary>
/// <param name="Entries">Number of entries.</param>
/// <param name="Noisy">How many reached the time cap before their confidence interval was narrow enough.</param>
/// <param name="Drifted">How many were measured while the device was not in its usual state.</param>
/// <param name="Failed">How many have no latency.</param>
/// <param name="Range">Spread of all latencies; null where there are none.</param>
/// <param name="ByKind">Groups by operator, in the order of <see cref="OperatorKind"/>.</param>
/// <param name="ByMap">Groups by the input map's size, the largest first, with its scale where the table knows its space.</param>
/// <param name="ByOrigin">Groups by origin.</param>
public sealed record TableStatistics(
    int Entries,
    int Noisy,
    int Drifted,
    int Failed,
    LatencyRange? Range,
    IReadOnlyList<TableGroup> ByKind,
    IReadOnlyList<TableGroup> ByMap,
    IReadOnlyList<TableGroup> ByOrigin
)
{
    /// <summary>The statistics of a table.</summary>
    public static TableStatistics Of(LatencyTable table) =>
        new(
            table.Entries.Count,
            table.Entries.Count(entry => entry.Noisy),
            table.Entries.Count(entry => entry.Drifted),
            table.Entries.Count(entry => entry.Failure is not null),
            RangeOf(table.Entries),
            Groups(table, entry => entry.Spec.Kind, OperatorKey.NameOf),
            Groups(table, entry => (-entry.Spec.Height, -entry.Spec.Width), map => MapName(table.Space, -map.Item1, -map.Item2)),
            Groups(table, entry => entry.Origin, origin => LatencyTableJson.Origins[(int)origin])
        );

    private static IReadOnlyList<TableGroup> Groups<T>(LatencyTable table, Func<LatencyEntry, T> by, Func<T, string> name) =>
        [
            .. table
                .Entries.GroupBy(by)
                .OrderBy(group => group.Key)
                .Select(group => new TableGroup(name(group.Key), group.Count(), RangeOf(group))),
        ];

    private static LatencyRange? RangeOf(IEnumerable<LatencyEntry> entries) =>
        LatencyRange.Of(
            entries.Where(entry => entry.Failure is null && entry.Origin != EntryOrigin.Defined).Select(entry => entry.MedianMs)
        );

    private static string MapName(SearchSpace? space, int height, int width)
    {
        string size = string.Create(CultureInfo.InvariantCulture, $"{height}x{width}");
        return space is null || space.Height % height != 0
            ? size
            : string.Create(CultureInfo.InvariantCulture, $"1/{space.Height / height} ({size})");
    }
}
