using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Search.Comparing;
using FasterSeg.Search.Searching;
using Spectre.Console;

namespace FasterSeg.Search.Client.Reporting;

/// <summary>Says where a student lies outside of its target band.</summary>
internal static class StudentBand
{
    /// <summary>A sentence for a student that is not in its band; null for one that is.</summary>
    /// <param name="estimateMs">Its latency by the table, ms.</param>
    /// <param name="target">The band.</param>
    /// <param name="beside">A latency that is told of beside it, ms.</param>
    public static string? Miss(double estimateMs, LatencyTarget target, double? beside = null)
    {
        if (target.Contains(estimateMs))
            return null;
        int digits = target.DigitsBeside(estimateMs, beside ?? estimateMs);
        return $"The student lies outside of its target band: estimate {Number(estimateMs, digits)} ms, "
            + $"{(target.PlaceOf(estimateMs) == BandPlace.Fast ? "below" : "above")} {target.ToString(digits)}.";
    }

    /// <summary>Tells of a search's student that is not in its band, and what helps.</summary>
    /// <param name="console">Where to print.</param>
    /// <param name="choices">What the search came to.</param>
    /// <param name="target">The band.</param>
    /// <returns>Whether there was something to tell.</returns>
    public static bool Tell(IAnsiConsole console, IEnumerable<RoleChoice> choices, LatencyTarget target)
    {
        if (choices.FirstOrDefault(choice => choice.Role == Role.Student) is not { } student)
            return false;
        (double winner, double other) = (student.Winner.EstimateMs, student.Other.EstimateMs);
        if (Miss(winner, target, other) is not { } miss)
            return false;
        string where = target.Contains(other) ? "lies in it" : "lies outside, too";
        console.WriteLine(
            $"{miss} The other pair of branches, {Number(other, target.DigitsBeside(winner, other))} ms, {where}. "
                + "A longer search, searching:derivation=banded or another band can help."
        );
        return true;
    }

    private static string Number(double milliseconds, int digits) => Figures.Milliseconds(milliseconds, digits);
}
