using System.Globalization;
using System.Xml.Linq;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Search.Comparing;
using FasterSeg.Search.Runs;
using static FasterSeg.Latency.Pages.Markup;

namespace FasterSeg.Search.Client.Reporting.Html;

/// <summary>Whether the student reached what the run was made for.</summary>
internal static class VerdictSection
{
    /// <summary>The verdict in a sentence or two; null where there is no student or no band yet.</summary>
    public static XElement? Of(RunContents contents)
    {
        NetworkContents? student = contents.Networks.FirstOrDefault(one => one.Plan.Architecture.Role == Role.Student);
        if (student is null || contents.Band is not { } band)
            return null;
        MeasuredNetwork? measured = contents.Measured.FirstOrDefault(one => one.Role == Role.Student && one.Difference is null);
        double? estimate = student.Estimate?.TotalMs;
        if ((measured?.MedianMs ?? estimate) is not { } milliseconds)
            return null;
        string basis = measured is null ? "by the table's estimate" : "as measured";
        string sentence = Sentence(milliseconds, band, basis);
        if (measured is not null && estimate is { } estimated && band.PlaceOf(estimated) != band.PlaceOf(milliseconds))
            sentence += string.Create(
                CultureInfo.InvariantCulture,
                $" The table's estimate, by which the search steered, is {(band.Contains(estimated) ? "in" : "out of")} the band: "
                    + $"{estimated:F3} ms."
            );
        if (contents.Table?.Loaded is { } reason)
            sentence +=
                $" The table was measured on a loaded device ({reason}): its estimates may be off by more than their intervals say.";
        return Element("p", band.Contains(milliseconds) ? "verdict" : "verdict warning", sentence);
    }

    private static string Sentence(double milliseconds, LatencyTarget band, string basis) =>
        band.PlaceOf(milliseconds) switch
        {
            BandPlace.In => string.Create(
                CultureInfo.InvariantCulture,
                $"The student is in its band {basis}: {milliseconds:F3} ms, target {band}."
            ),
            BandPlace.Fast => string.Create(
                CultureInfo.InvariantCulture,
                $"The student is out of its band {basis}: {milliseconds:F3} ms, {band.LowMs - milliseconds:F3} ms faster than the target "
                    + $"{band} asks for, so it may be less accurate than it could be."
            ),
            _ => string.Create(
                CultureInfo.InvariantCulture,
                $"The student is out of its band {basis}: {milliseconds:F3} ms, {milliseconds - band.HighMs:F3} ms slower than the target "
                    + $"{band} allows."
            ),
        };
}
