using System.Globalization;
using FasterSeg.Latency;

namespace FasterSeg.Search.Configuration;

/// <summary>Reads comma-separated numbers such as <c>0.75, 1, 1.25</c>.</summary>
public static class NumberList
{
    /// <summary>The numbers in the order in which they are written.</summary>
    /// <exception cref="UsageException">A part is not a finite number; the message quotes it.</exception>
    public static double[] Parse(string text) => [.. text.Split(',', StringSplitOptions.TrimEntries).Select(Number)];

    private static double Number(string part) =>
        double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)
            ? number
            : throw new UsageException($"'{part}' is not a number; write numbers with commas between them, like '0.75, 1, 1.25'.");
}
