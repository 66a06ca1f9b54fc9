using System.Globalization;
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
    public static string? Miss(double estimateMs, LatencyTarget target) =>
        target.Contains(estimateMs)
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"The student lies outside of its target band: estimate {estimateMs:0.###} ms, "
                    + $"{(target.PlaceOf(estimateMs) == BandPlace.Fast ? "below" : "above")} {target}."
            );

    /// <summary>Tells of a search's student that is not in its band, and what helps.</summary>
    /// <param name="console">Where to print.</param>
    /// <param name="choices">What the search came to.</param>
    /// <param name="target">The band.</param>
    /// <returns>Whether there was something to tell.</returns>
    public static bool Tell(IAnsiConsole console, IEnumerable<RoleChoice> choices, LatencyTarget target)
    {
        if (choices.FirstOrDefault(choice => choice.Role == Role.Student) is not { } student)
            return false;
        if (Miss(student.Winner.EstimateMs, target) is not { } miss)
            return false;
        string other = target.Contains(student.Other.EstimateMs) ? "lies in it" : "lies outside, too";
        console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{miss} The other pair of branches, {student.Other.EstimateMs:0.###} ms, {other}. "
            ) + "A longer search, searching:derivation=banded or another band can help."
        );
        return true;
    }
}
