using System.Globalization;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Bench.Adversity.Load;

/// <summary>How far a table that was built in a disturbance is off one that was built in quiet, where nobody flagged it.</summary>
internal static class UnflaggedEntries
{
    /// <summary>That a table is one of a loaded device, and why; empty where it is none.</summary>
    public static string Loaded(LatencyTable table) => table.Loaded is { } reason ? $"; LOADED: {reason}" : "";

    /// <summary>Of those measured in both, how many are off, and how many of these nobody flagged.</summary>
    public static string Compare(LatencyTable quiet, LatencyTable built)
    {
        ComparedEntry[] all = Measured(quiet, built),
            unflagged = Of(quiet, built);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Share(all, 0.03)} of all {all.Length} entries off by more than 3 %, {Share(all, 0.1)} by more than 10 %; of "
                + $"{unflagged.Length} unflagged ones {Share(unflagged, 0.03)} and {Share(unflagged, 0.1)}, worst "
                + $"{unflagged.Select(Off).DefaultIfEmpty(0).Max():P1}, intervals apart "
                + $"{unflagged.Count(pair => pair.IntervalsMeet == false)}"
        );
    }

    private static string Share(ComparedEntry[] pairs, double more) =>
        pairs.Length == 0
            ? "none"
            : string.Create(CultureInfo.InvariantCulture, $"{pairs.Count(pair => Off(pair) > more) / (double)pairs.Length:P1}");

    private static double Off(ComparedEntry pair) => Math.Abs(pair.Ratio - 1);

    /// <summary>The pairs whose second nobody flagged.</summary>
    private static ComparedEntry[] Of(LatencyTable quiet, LatencyTable built) =>
        [
            .. Measured(quiet, built)
                .Where(pair => built.Loaded is null && pair.Second is { Noisy: false, Drifted: false } && !pair.First.Noisy),
        ];

    /// <summary>How many entries that nobody flagged are off by more than a share.</summary>
    public static int Off(LatencyTable quiet, LatencyTable built, double more) => Of(quiet, built).Count(pair => Off(pair) > more);

    private static ComparedEntry[] Measured(LatencyTable quiet, LatencyTable built) =>
        [.. TableComparison.Of(quiet, built).Entries.Where(pair => pair.IntervalsMeet is not null)];
}
