using FasterSeg.Latency.Agreeing;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using Spectre.Console;
using static System.FormattableString;

namespace FasterSeg.Search.Client.Reporting;

/// <summary>Prints how two tables differ; 80 columns are enough.</summary>
public static class TableComparisonReport
{
    /// <summary>How far the operators differ.</summary>
    public static void WriteFacts(IAnsiConsole console, TableComparison comparison, TableIdentity first, TableIdentity second) =>
        FactList.Write(
            console,
            ("first", Target(first)),
            ("second", Target(second)),
            ("operators in both", Invariant($"{comparison.Entries.Count}")),
            ("in one only", Invariant($"{comparison.OnlyInOne}")),
            ("identities", comparison.IdentityDifference ?? "agree"),
            (
                "difference",
                Invariant($"median {100 * comparison.Deviation(0.5):F2} %, 90 % below {100 * comparison.Deviation(0.9):F2} %, 95 % ")
                    + Invariant($"below {100 * comparison.Deviation(0.95):F2} %")
            ),
            (
                "within",
                Invariant($"1 %: {100 * comparison.Within(0.01):F1} %, 3 %: {100 * comparison.Within(0.03):F1} %, 5 %: ")
                    + Invariant($"{100 * comparison.Within(0.05):F1} %")
            ),
            ("intervals meet", Share(comparison.Entries.Select(entry => entry.IntervalsMeet))),
            ("differences within their intervals", Share(comparison.Entries.Select(entry => entry.IsWithinIntervals)))
        );

    /// <summary>Median ratio and agreement of the order, of each kind and of all.</summary>
    public static void WriteKinds(IAnsiConsole console, TableComparison comparison)
    {
        Table view = NewTable("operator");
        foreach (string name in new[] { "number", "second / first", "Spearman", "Kendall" })
            view.AddColumn(new TableColumn(name).RightAligned());
        foreach (var kind in comparison.Entries.GroupBy(entry => entry.Spec.Kind).OrderBy(group => group.Key))
            Add(OperatorKey.NameOf(kind.Key), [.. kind]);
        Add("all", comparison.Entries);
        console.Write(view);

        void Add(string name, IReadOnlyList<ComparedEntry> entries)
        {
            var ranks = RankAgreement.Of(
                [.. entries.Select(entry => entry.First.MedianMs)],
                [.. entries.Select(entry => entry.Second.MedianMs)]
            );
            view.AddRow(
                new Text(name),
                new Text(Invariant($"{ranks.Count}")),
                new Text(Invariant($"{TableComparison.MedianRatio([.. entries]):F4}")),
                new Text(Figures.Correlation(ranks.Spearman)),
                new Text(Figures.Correlation(ranks.Kendall))
            );
        }
    }

    /// <summary>Median ratios by two properties.</summary>
    /// <param name="console">Where to print.</param>
    /// <param name="map">The ratios.</param>
    /// <param name="title">What the rows are.</param>
    public static void WriteMap(IAnsiConsole console, RatioMap map, string title)
    {
        if (map.Rows.Count == 0)
            return;
        Table view = NewTable(title);
        // Six maps of a wide image fit into 80 columns.
        foreach (string column in map.Columns)
            view.AddColumn(new TableColumn(column).Padding(1, 0, 0, 0).RightAligned());
        foreach ((string name, IReadOnlyList<double?> ratios) in map.Rows)
            view.AddRow([new Text(name), .. ratios.Select(ratio => new Text(ratio is { } known ? Figures.Ratio(known) : ""))]);
        console.Write(view);
    }

    /// <summary>The operators whose ratio is farthest from 1.</summary>
    public static void WriteFarthest(IAnsiConsole console, TableComparison comparison, int count)
    {
        Table view = NewTable("farthest").AddColumn(new TableColumn("second / first").RightAligned());
        foreach (ComparedEntry entry in comparison.Entries.OrderByDescending(entry => Math.Abs(Math.Log(entry.Ratio))).Take(count))
            view.AddRow(new Text(entry.Spec.ToString()), new Text(Invariant($"{entry.Ratio:F4}")));
        if (view.Rows.Count > 0)
            console.Write(view);
    }

    internal static Table NewTable(string first) => new Table { Border = TableBorder.Simple }.AddColumn(first);

    private static string Target(TableIdentity identity) =>
        string.Join(
            ", ",
            new[]
            {
                identity.DeviceName,
                identity.Provider,
                identity.Precision,
                identity.Threads > 0 ? Invariant($"{identity.Threads} thread{(identity.Threads > 1 ? "s" : "")}") : null,
            }.OfType<string>()
        );

    /// <summary>How many of those that are known are true; null where none is known.</summary>
    private static string? Share(IEnumerable<bool?> facts)
    {
        bool[] known = [.. facts.OfType<bool>()];
        return known.Length == 0 ? null : Invariant($"{100.0 * known.Count(each => each) / known.Length:F1} %");
    }
}
