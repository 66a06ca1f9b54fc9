using System.Globalization;
using System.Text.RegularExpressions;

namespace FasterSeg.Latency.Estimating;

/// <summary>The band in which the derived student's latency shall lie, on the device at hand.</summary>
/// <param name="LowMs">Shortest latency of the band, ms, above 0.</param>
/// <param name="HighMs">Longest latency of the band, ms, at least <paramref name="LowMs"/>.</param>
/// <param name="Batch">Images in the batch that a latency is of: so many frames are done in it.</param>
public sealed partial record LatencyTarget(double LowMs, double HighMs, int Batch = 1)
{
    /// <summary>The middle of the band, ms.</summary>
    public double MiddleMs => (LowMs + HighMs) / 2;

    /// <summary>Whether a latency in ms lies in the band, its ends included.</summary>
    public bool Contains(double milliseconds) => milliseconds >= LowMs && milliseconds <= HighMs;

    /// <summary>True where the text is <c>auto</c>: the band follows from the table at hand.</summary>
    public static bool IsAuto(string text) => text.Trim().Equals("auto", StringComparison.OrdinalIgnoreCase);

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
            $"'{text}' is not a latency target: write a band with its smaller number first, like '155-175 fps' or '20-24 ms', or 'auto'."
        );
    }

    /// <summary>The band in both units, e.g. <c>5.71-6.45 ms (155-175 fps)</c>, with no more digits than tell its ends apart.</summary>
    public override string ToString() => $"{Range(LowMs, HighMs)} ms ({Range(1000.0 * Batch / HighMs, 1000.0 * Batch / LowMs)} fps)";

    private static string Range(double low, double high)
    {
        // Two figures of the width; of an ordinary band no more than two digits behind the point.
        int digits = high > low ? 1 - (int)Math.Floor(Math.Log10(high - low)) : 2;
        digits = Math.Clamp(digits, 0, high - low < 0.01 && high > low ? 6 : 2);
        string format = "0." + new string('#', digits);
        return $"{low.ToString(format, CultureInfo.InvariantCulture)}-{high.ToString(format, CultureInfo.InvariantCulture)}";
    }

    [GeneratedRegex(@"^\s*(?<from>[0-9.]{1,20})\s*-\s*(?<to>[0-9.]{1,20})\s*(?<unit>fps|ms)\s*$", RegexOptions.IgnoreCase)]
    private static partial Regex Pattern();
}
