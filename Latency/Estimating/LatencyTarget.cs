using System.Globalization;
using System.Text.RegularExpressions;

namespace FasterSeg.Latency.Estimating;

/// <summary>The band in which the derived student's latency shall lie, on the device at hand.</summary>
/// <param name="LowMs">Shortest latency of the band, ms, above 0.</param>
/// <param name="HighMs">Longest latency of the band, ms, at least <paramref name="LowMs"/>.</param>
/// <param name="Batch">Images in the batch that a latency is of: so many frames are done in it.</param>
public sealed partial record LatencyTarget(double LowMs, double HighMs, int Batch = 1)
{
    /// <summary>The word for a band that follows from the table at hand.</summary>
    public const string Automatic = "auto";

    // Latencies of networks are printed with three digits behind the point.
    private const int FewestDigits = 3,
        MostOfWidth = 6,
        MostDigits = 12;

    /// <summary>The middle of the band, ms.</summary>
    public double MiddleMs => (LowMs + HighMs) / 2;

    /// <summary>Whether a latency in ms lies in the band, its ends included.</summary>
    public bool Contains(double milliseconds) => milliseconds >= LowMs && milliseconds <= HighMs;

    /// <summary>True where the text is <c>auto</c>: the band follows from the table at hand.</summary>
    public static bool IsAuto(string text) => text.Trim().Equals(Automatic, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads a band such as <c>155-175 fps</c> or <c>20-24 ms</c>.</summary>
    /// <exception cref="UsageException">The text is no such band; the message quotes it and shows one.</exception>
    /// <param name="text">The band.</param>
    /// <param name="batch">Images in the batch that latencies are of.</param>
    public static LatencyTarget Parse(string text, int batch = 1)
    {
        Match match = Pattern().Match(text);
        if (
            match.Success
            && double.TryParse(match.Groups["from"].ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture, out double from)
            && double.TryParse(match.Groups["to"].ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture, out double to)
            && from > 0
            && to > from
            && double.IsFinite(to)
        )
        {
            bool framesPerSecond = match.Groups["unit"].Value.Equals("fps", StringComparison.OrdinalIgnoreCase);
            return framesPerSecond
                ? new LatencyTarget(1000.0 * batch / to, 1000.0 * batch / from, batch)
                : new LatencyTarget(from, to, batch);
        }
        throw new UsageException(
            $"'{text}' is not a latency target: write a band above 0 with its smaller number first, like '155-175 fps' or '20-24 ms', or "
                + "'auto'."
        );
    }

    /// <summary>The band in both units, e.g. <c>5.714-6.452 ms (155-175 fps)</c>: milliseconds with the digits that latencies are printed
    /// with, frames with no more than tell the ends apart.</summary>
    public override string ToString() => ToString(DigitsBeside());

    /// <summary>The same with other digits behind the point of milliseconds.</summary>
    /// <param name="digits">See <see cref="DigitsBeside"/>.</param>
    public string ToString(int digits)
    {
        string ends = $"{Short(LowMs, digits)}-{Short(HighMs, digits)}",
            frames = Range(1000.0 * Batch / HighMs, 1000.0 * Batch / LowMs);
        return $"{ends} ms ({frames} fps)";
    }

    /// <summary>Digits behind the point with which the band and latencies beside it show which of them lie in it: what is rounded to them
    /// lies where it lies itself.</summary>
    /// <param name="milliseconds">The latencies, ms.</param>
    /// <returns>At least 3.</returns>
    public int DigitsBeside(params ReadOnlySpan<double> milliseconds) => DigitsFrom(FewestDigits, milliseconds);

    /// <summary>The same for figures that are short on room.</summary>
    /// <param name="fewest">Digits that there are at least.</param>
    /// <param name="milliseconds">The latencies, ms.</param>
    public int DigitsFrom(int fewest, params ReadOnlySpan<double> milliseconds)
    {
        // Two figures of a band's width.
        int digits = HighMs > LowMs ? Math.Clamp(1 - (int)Math.Floor(Math.Log10(HighMs - LowMs)), fewest, MostOfWidth) : fewest;
        foreach (double latency in milliseconds)
        {
            while (digits < MostDigits && Side(latency, LowMs, HighMs) != Rounded(latency, digits))
                digits++;
        }
        return digits;
    }

    /// <summary>Digits of one of these latencies, no more than it takes to show where it lies beside the band.</summary>
    /// <param name="digits">Of the band, as it is printed.</param>
    /// <param name="fewest">Digits that the latency has at least.</param>
    /// <param name="milliseconds">The latency, ms.</param>
    public int DigitsOf(int digits, int fewest, double milliseconds)
    {
        (double low, double high) = (Rounding(LowMs, digits), Rounding(HighMs, digits));
        int own = fewest;
        while (own < digits && Side(milliseconds, LowMs, HighMs) != Side(Rounding(milliseconds, own), low, high))
            own++;
        return own;
    }

    private int Rounded(double latency, int digits) => Side(Rounding(latency, digits), Rounding(LowMs, digits), Rounding(HighMs, digits));

    /// <summary>Below, within or above.</summary>
    private static int Side(double latency, double low, double high) =>
        latency < low ? -1
        : latency > high ? 1
        : 0;

    /// <summary>As it is printed.</summary>
    private static double Rounding(double value, int digits) => double.Parse(Short(value, digits), CultureInfo.InvariantCulture);

    private static string Short(double value, int digits)
    {
        string text = value.ToString(FormattableString.Invariant($"F{digits}"), CultureInfo.InvariantCulture);
        return digits == 0 ? text : text.TrimEnd('0').TrimEnd('.');
    }

    private static string Range(double low, double high)
    {
        // Two figures of the width; of an ordinary band no more than two digits behind the point.
        int digits = high > low ? 1 - (int)Math.Floor(Math.Log10(high - low)) : 2;
        digits = Math.Clamp(digits, 0, high - low < 0.01 && high > low ? 6 : 2);
        return $"{Short(low, digits)}-{Short(high, digits)}";
    }

    [GeneratedRegex(@"^\s*(?<from>[0-9.]{1,20})\s*-\s*(?<to>[0-9.]{1,20})\s*(?<unit>fps|ms)\s*$", RegexOptions.IgnoreCase)]
    private static partial Regex Pattern();
}
