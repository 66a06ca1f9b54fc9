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
        int digits = band.DigitsBeside(milliseconds, estimate ?? milliseconds);
        string sentence = Sentence(milliseconds, band, digits, basis);
        if (measured is not null && estimate is { } estimated && band.PlaceOf(estimated) != band.PlaceOf(milliseconds))
            sentence +=
                $" The table's estimate, by which the search steered, is {(band.Contains(estimated) ? "in" : "out of")} the band: "
                + $"{Figures.Milliseconds(estimated, digits)} ms.";
        if (contents.Table?.Loaded is { } reason)
            sentence +=
                $" The table was measured on a loaded device ({reason}): its estimates may be off by more than their intervals say.";
        if (contents.Table is { } table && estimate is { } far && TrustedLatencies.Of(table)?.Warning(far) is { } outside)
            sentence += " " + outside;
        return Element("p", band.Contains(milliseconds) ? "verdict" : "verdict warning", sentence);
    }

    private static string Sentence(double milliseconds, LatencyTarget band, int digits, string basis)
    {
        string latency = Figures.Milliseconds(milliseconds, digits) + " ms",
            target = band.ToString(digits);
        return band.PlaceOf(milliseconds) switch
        {
            BandPlace.In => $"The student is in its band {basis}: {latency}, target {target}.",
            BandPlace.Fast => $"The student is out of its band {basis}: {latency}, "
                + $"{Figures.Milliseconds(band.LowMs - milliseconds, digits)} ms faster than the target {target} asks for, so it may be "
                + "less accurate than it could be.",
            _ => $"The student is out of its band {basis}: {latency}, "
                + $"{Figures.Milliseconds(milliseconds - band.HighMs, digits)} ms slower than the target {target} allows.",
        };
    }
}
