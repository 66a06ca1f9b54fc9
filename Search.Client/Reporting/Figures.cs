using System.Globalization;
using FasterSeg.Search.Comparing;
using FasterSeg.Search.Runs;

namespace FasterSeg.Search.Client.Reporting;

/// <summary>How figures are spelled, on the console and on pages: with a point, whatever the machine's language.</summary>
internal static class Figures
{
    // Formats with a point would write hundreds of digits of it.
    private const double Huge = 1e12;

    /// <summary>A count.</summary>
    public static string Count(int value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Milliseconds of a network, with three digits and without the unit.</summary>
    public static string Milliseconds(double value) => Number(value, "F3");

    /// <summary>The same with other digits: <see cref="Latency.Estimating.LatencyTarget.DigitsBeside"/>.</summary>
    public static string Milliseconds(double value, int digits) => Number(value, "F" + Count(digits));

    /// <summary>Milliseconds from one to another, with no more digits than tell the two apart: 1.23 to 1.35, 120.1 to 121.4.</summary>
    public static string Interval(double low, double high)
    {
        int digits = high > low ? Math.Clamp(1 - (int)Math.Floor(Math.Log10(high - low)), 0, 3) : 3;
        string format = "F" + Count(digits);
        return $"{Number(low, format)} to {Number(high, format)}";
    }

    /// <summary>Frames per second, with one digit.</summary>
    public static string FramesPerSecond(double value) => Number(value, "F1");

    /// <summary>A share of 1 in percent, with one digit and without the unit.</summary>
    public static string Percent(double share) => Number(100 * share, "F1");

    /// <summary>A share of 1 in percent, with two digits and without the unit.</summary>
    public static string Hundredths(double share) => Number(100 * share, "F2");

    /// <summary>The same of a share that may be unknown or of nothing (NaN).</summary>
    public static string Percent(double? share, string unknown) => share is { } known && double.IsFinite(known) ? Percent(known) : unknown;

    /// <summary>A difference as a share of 1, in percent with its sign, one digit and the unit.</summary>
    public static string SignedPercent(double share) => Signed(100 * share, 1) + " %";

    /// <summary>A difference as a share of 1, in percent with its sign, two digits and without the unit.</summary>
    public static string SignedHundredths(double share) => Signed(100 * share, 2);

    private static string Signed(double value, int digits) => Math.Abs(value) < Huge ? SignedNumber.Of(value, digits) : Number(value, "G4");

    /// <summary>A coefficient from -1 to 1, with four digits.</summary>
    public static string Correlation(double value) => Number(value, "F4");

    /// <summary>The same of one that may not exist: of equal values, or of fewer than two.</summary>
    public static string Correlation(double? value) => value is { } known ? Correlation(known) : "none";

    /// <summary>Mean and standard deviation over seeds, e.g. <c>53.10 ±0.42</c>; nothing where they are not known.</summary>
    /// <param name="spread">Of the values.</param>
    /// <param name="factor">On both numbers, e.g. 100 for percent.</param>
    /// <param name="format">Of both numbers.</param>
    public static string Spread(SeedSpread? spread, double factor, string format) =>
        spread is null ? "" : $"{Number(factor * spread.Mean, format)} ±{Number(factor * spread.StandardDeviation, format)}";

    /// <summary>A ratio: three digits below 10, one from there on.</summary>
    public static string Ratio(double ratio) => Number(ratio, ratio < 9.9995 ? "F3" : "F1");

    /// <summary>A figure by a format of .NET; a huge one with a power of ten, whatever the format.</summary>
    public static string Number(double value, string format) =>
        value.ToString(Math.Abs(value) < Huge ? format : "G4", CultureInfo.InvariantCulture);
}
