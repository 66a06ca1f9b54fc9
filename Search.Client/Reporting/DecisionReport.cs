using FasterSeg.Latency;
using FasterSeg.Latency.Agreeing;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using Spectre.Console;
using static System.FormattableString;

namespace FasterSeg.Search.Client.Reporting;

/// <summary>Prints which decisions of a search would come out otherwise by another table; 80 columns are enough.</summary>
public static class DecisionReport
{
    /// <summary>How many pairs there are, how many of them both tables decide, and how many of these otherwise; then the decisions about
    /// which they differ most.</summary>
    /// <param name="console">Where to print.</param>
    /// <param name="decisions">The decisions.</param>
    /// <param name="worst">How many of each sort to name.</param>
    public static void Write(IAnsiConsole console, DecisionComparison decisions, int worst)
    {
        (string Name, string Ratio, IReadOnlyList<ComparedPair> Pairs, Func<ComparedPair, string> Pair)[] sorts =
        [
            ("one operator or another", "one / other", decisions.Operators, pair =>
                $"{OperatorKey.NameOf(pair.One.Spec.Kind)} / {OperatorKey.NameOf(pair.Other.Spec.Kind)} {Place(pair.One.Spec)}"
            ),
            ("next wider output: slower or free", "wide / narrow", decisions.Widths, pair =>
                Invariant($"{pair.One.Spec} / c{pair.Other.Spec.InChannels}-{pair.Other.Spec.OutChannels}")
            ),
            ("layer before or after going down", "fine / coarse", decisions.Scales, pair => $"{pair.One.Spec} / {Place(pair.Other.Spec)}"),
        ];
        Table counts = TableComparisonReport.NewTable("decision by latency");
        foreach (string name in new[] { "pairs", "decided", "otherwise", "share" })
            counts.AddColumn(new TableColumn(name).RightAligned());
        foreach (var sort in sorts.Where(sort => sort.Pairs.Count > 0))
        {
            int decided = sort.Pairs.Count(pair => pair.IsDecided),
                flipped = sort.Pairs.Count(pair => pair.Flips);
            counts.AddRow(
                new Text(sort.Name),
                new Text(Invariant($"{sort.Pairs.Count}")),
                new Text(Invariant($"{decided}")),
                new Text(Invariant($"{flipped}")),
                new Text(decided == 0 ? "" : Invariant($"{100.0 * flipped / decided:F1} %"))
            );
        }
        if (counts.Rows.Count == 0)
            return;
        console.Write(counts);
        if (decisions.Places > 0)
            console.WriteLine(
                Invariant($"The fastest operator differs at {decisions.FastestDiffers} of {decisions.Places} places (a place: a map, its ")
                    + "channels, those of the output, a stride)."
            );
        foreach (var sort in sorts)
            WriteStrongest(console, sort.Ratio, sort.Pairs, sort.Pair, worst);
    }

    /// <summary>How random students are ordered by the two tables.</summary>
    public static void WriteStudents(IAnsiConsole console, EstimatedStudents students)
    {
        RankAgreement ranks = students.Ranks();
        (int pairs, int flipped) = students.NearPairs();
        string near =
            pairs == 0
                ? ""
                : Invariant($" Of {Plural.Of(pairs, "pair")} within 20 % of each other by the second table, {flipped} ")
                    + Invariant($"({100.0 * flipped / pairs:F1} %) {Plural.Word(flipped, "is", "are")} in another order by the first.");
        string lacking = students.LeftOut == 0 ? "" : Invariant($" {students.LeftOut} more need a part that a table lacks.");
        console.WriteLine(
            Invariant($"Estimates of {Plural.Of(ranks.Count, "random student")}: Spearman {Figures.Correlation(ranks.Spearman)}, ")
                + Invariant($"Kendall {Figures.Correlation(ranks.Kendall)}.{near}{lacking}")
        );
    }

    private static void WriteStrongest(
        IAnsiConsole console,
        string title,
        IReadOnlyList<ComparedPair> pairs,
        Func<ComparedPair, string> name,
        int worst
    )
    {
        Table view = TableComparisonReport.NewTable(title);
        foreach (string column in new[] { "first", "second" })
            view.AddColumn(new TableColumn(column).Padding(1, 0, 0, 0).RightAligned());
        foreach (
            ComparedPair pair in pairs
                .Where(pair => pair.Flips)
                .OrderByDescending(pair => pair.Strength)
                .ThenBy(pair => pair.One.Spec.ToString(), StringComparer.Ordinal)
                .Take(worst)
        )
            view.AddRow(new Text(name(pair)), new Text(Figures.Ratio(pair.FirstRatio)), new Text(Figures.Ratio(pair.SecondRatio)));
        if (view.Rows.Count > 0)
            console.Write(view);
    }

    /// <summary>A key without the operator's name.</summary>
    private static string Place(OperatorSpec spec) => spec.ToString()[(OperatorKey.NameOf(spec.Kind).Length + 1)..];
}
