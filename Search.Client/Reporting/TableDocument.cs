using FasterSeg.Latency.Agreeing;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Search.Client.Reporting;

/// <summary>Tables, and how two of them differ, as <c>--json</c> prints them. Latencies are in ms, shares and ratios are numbers.</summary>
internal static class TableDocument
{
    /// <summary>What <c>lut show</c> says of a table.</summary>
    /// <param name="table">The table.</param>
    /// <param name="slowest">How many of the slowest entries to name.</param>
    /// <param name="validation">What its validation came to, a sentence; null where there is none.</param>
    public static object Of(LatencyTable table, int slowest, string? validation)
    {
        TableStatistics statistics = TableStatistics.Of(table);
        return new
        {
            Sha256 = LatencyTableJson.HashOf(table),
            Created = table.Created == DateTimeOffset.UnixEpoch ? (DateTimeOffset?)null : table.Created,
            table.Identity,
            table.Environment,
            Members = table.Members.Count > 0 ? table.Members : null,
            Space = table.Space is { } space ? Space(space) : null,
            Entries = new
            {
                Count = statistics.Entries,
                statistics.Noisy,
                statistics.Drifted,
                statistics.Failed,
            },
            table.Correction,
            LatencyMs = Range(statistics.Range),
            ByOperator = statistics.ByKind.Select(Group),
            ByMap = statistics.ByMap.Select(Group),
            ByOrigin = statistics.ByOrigin.Select(Group),
            Slowest = table
                .Entries.Where(entry => entry.Failure is null)
                .OrderByDescending(entry => entry.MedianMs)
                .Take(slowest)
                .Select(entry => new
                {
                    Key = entry.Spec.ToString(),
                    entry.MedianMs,
                    entry.Spread?.ConfidenceLowMs,
                    entry.Spread?.ConfidenceHighMs,
                    entry.Spread?.Samples,
                }),
            Flagged = table
                .Entries.Where(entry => entry.Failure is not null || entry.Drifted || entry.Noisy)
                .Select(entry => new
                {
                    Key = entry.Spec.ToString(),
                    entry.Noisy,
                    entry.Drifted,
                    entry.Failure,
                }),
            Warnings = LatencyTableReport.Warnings(table),
            Validation = validation,
        };
    }

    /// <summary>What <c>lut diff</c> says of two tables.</summary>
    /// <param name="first">The one.</param>
    /// <param name="second">The other.</param>
    /// <param name="comparison">Operator by operator.</param>
    /// <param name="decisions">The decisions that they take.</param>
    /// <param name="students">Random students by both; null where there are none.</param>
    /// <param name="worst">How many of the farthest operators, and of the differing decisions of each sort, to name.</param>
    public static object Of(
        LatencyTable first,
        LatencyTable second,
        TableComparison comparison,
        DecisionComparison decisions,
        EstimatedStudents? students,
        int worst
    ) =>
        new
        {
            First = first.Identity,
            Second = second.Identity,
            OperatorsInBoth = comparison.Entries.Count,
            comparison.OnlyInOne,
            comparison.IdentityDifference,
            Deviation = new
            {
                Median = comparison.Deviation(0.5),
                P90 = comparison.Deviation(0.9),
                P95 = comparison.Deviation(0.95),
            },
            Within = new
            {
                OnePercent = comparison.Within(0.01),
                ThreePercent = comparison.Within(0.03),
                FivePercent = comparison.Within(0.05),
            },
            ByOperator = comparison
                .Entries.GroupBy(entry => entry.Spec.Kind)
                .OrderBy(group => group.Key)
                .Select(group => Kind(OperatorKey.NameOf(group.Key), [.. group])),
            All = Kind("all", comparison.Entries),
            Farthest = comparison
                .Entries.OrderByDescending(entry => Math.Abs(Math.Log(entry.Ratio)))
                .Take(worst)
                .Select(entry => new
                {
                    Key = entry.Spec.ToString(),
                    FirstMs = entry.First.MedianMs,
                    SecondMs = entry.Second.MedianMs,
                    entry.Ratio,
                }),
            Decisions = new
            {
                Operators = Sort(decisions.Operators, worst),
                Widths = Sort(decisions.Widths, worst),
                Scales = Sort(decisions.Scales, worst),
                decisions.Places,
                decisions.FastestDiffers,
            },
            Students = students is null ? null : Students(students),
        };

    /// <summary>A space by its parameters.</summary>
    private static object Space(SearchSpace space) =>
        new
        {
            space.Height,
            space.Width,
            space.Fch,
            space.WidthRatios,
            space.Layers,
            space.Classes,
            space.TeacherStemRatio,
            space.TeacherHeadRatio,
            space.StudentStemRatio,
            space.StudentHeadRatio,
        };

    private static object? Range(LatencyRange? range) =>
        range is null
            ? null
            : new
            {
                Min = range.MinMs,
                Median = range.MedianMs,
                Max = range.MaxMs,
            };

    private static object Group(TableGroup group) =>
        new
        {
            group.Name,
            group.Count,
            LatencyMs = Range(group.Range),
        };

    private static object Kind(string name, IReadOnlyList<ComparedEntry> entries)
    {
        var ranks = RankAgreement.Of(
            [.. entries.Select(entry => entry.First.MedianMs)],
            [.. entries.Select(entry => entry.Second.MedianMs)]
        );
        return new
        {
            Name = name,
            ranks.Count,
            MedianRatio = TableComparison.MedianRatio([.. entries]),
            ranks.Spearman,
            ranks.Kendall,
        };
    }

    private static object Sort(IReadOnlyList<ComparedPair> pairs, int worst) =>
        new
        {
            Pairs = pairs.Count,
            Decided = pairs.Count(pair => pair.IsDecided),
            Otherwise = pairs.Count(pair => pair.Flips),
            Strongest = pairs
                .Where(pair => pair.Flips)
                .OrderByDescending(pair => pair.Strength)
                .ThenBy(pair => pair.One.Spec.ToString(), StringComparer.Ordinal)
                .Take(worst)
                .Select(pair => new
                {
                    One = pair.One.Spec.ToString(),
                    Other = pair.Other.Spec.ToString(),
                    pair.FirstRatio,
                    pair.SecondRatio,
                }),
        };

    private static object Students(EstimatedStudents students)
    {
        RankAgreement ranks = students.Ranks();
        (int pairs, int flipped) = students.NearPairs();
        return new
        {
            ranks.Count,
            ranks.Spearman,
            ranks.Kendall,
            NearPairs = pairs,
            NearPairsOtherwise = flipped,
            students.LeftOut,
        };
    }
}
