using FasterSeg.Latency.Spaces;
using static System.FormattableString;

namespace FasterSeg.Latency.Tables;

/// <summary>Where one table is slower than another: median ratios of operators that have two properties in common.</summary>
/// <param name="Columns">Names of the columns.</param>
/// <param name="Rows">The rows: a name, and for each column the median of second latency over first, null where there is no such
/// operator.</param>
public sealed record RatioMap(IReadOnlyList<string> Columns, IReadOnlyList<(string Name, IReadOnlyList<double?> Ratios)> Rows)
{
    /// <summary>By kind and stride, and by input map, the largest map first.</summary>
    public static RatioMap ByMap(TableComparison comparison) =>
        Of(
            comparison.Entries,
            spec => (spec.Kind, spec.Stride),
            group => GroupName(group.Kind, group.Stride),
            spec => (-spec.Height, -spec.Width),
            map => Invariant($"{-map.Item1}x{-map.Item2}")
        );

    /// <summary>Of the searched operators, by the output's channels and by kind.</summary>
    public static RatioMap ByOutChannels(TableComparison comparison) => ByChannels(comparison, spec => spec.OutChannels);

    /// <summary>Of the searched operators, by the input's channels and by kind.</summary>
    public static RatioMap ByInChannels(TableComparison comparison) => ByChannels(comparison, spec => spec.InChannels);

    private static RatioMap ByChannels(TableComparison comparison, Func<OperatorSpec, int> channels) =>
        Of(
            comparison.Entries.Where(entry => entry.Spec.IsSearched),
            channels,
            count => Invariant($"{count}"),
            spec => spec.Kind,
            OperatorKey.NameOf
        );

    private static RatioMap Of<TRow, TColumn>(
        IEnumerable<ComparedEntry> entries,
        Func<OperatorSpec, TRow> row,
        Func<TRow, string> rowName,
        Func<OperatorSpec, TColumn> column,
        Func<TColumn, string> columnName
    )
        where TRow : notnull
        where TColumn : notnull
    {
        var cells = entries
            .GroupBy(entry => (Row: row(entry.Spec), Column: column(entry.Spec)))
            .ToDictionary(cell => cell.Key, cell => (double?)TableComparison.MedianRatio([.. cell]));
        TColumn[] columns = [.. cells.Keys.Select(key => key.Column).Distinct().Order()];
        return new(
            [.. columns.Select(columnName)],
            [
                .. cells
                    .Keys.Select(key => key.Row)
                    .Distinct()
                    .Order()
                    .Select(one =>
                        (rowName(one), (IReadOnlyList<double?>)[.. columns.Select(other => cells.GetValueOrDefault((one, other)))])
                    ),
            ]
        );
    }

    /// <summary>Kind and stride; the other fixed parts have one stride only.</summary>
    private static string GroupName(OperatorKind kind, int stride) =>
        OperatorKey.NameOf(kind)
        + (
            kind <= OperatorKind.ZoomedConv2x ? Invariant($" s{stride}")
            : kind == OperatorKind.Upsample ? Invariant($" x{stride}")
            : ""
        );
}
