using System.Globalization;

namespace FasterSeg.Search.Runs;

/// <summary>Differences with their sign, in one way for all texts and pages; what rounds to nothing has none. (.NET's formats with sections
/// write <c>-+0.0</c> or <c>-0.0</c> of a small negative number.)</summary>
public static class SignedNumber
{
    /// <summary>A share of 1 in percent, with one digit and the unit: <c>+1.5 %</c>, <c>-0.2 %</c>, <c>0.0 %</c>.</summary>
    public static string Percent(double share) => Of(100 * share, 1) + " %";

    /// <summary>A number with its sign.</summary>
    /// <param name="value">The number.</param>
    /// <param name="digits">Behind the point.</param>
    public static string Of(double value, int digits)
    {
        string text = Math.Abs(value).ToString("F" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        bool isNone = text.AsSpan().IndexOfAnyExcept('0', '.') < 0;
        return isNone ? text
            : value < 0 ? "-" + text
            : "+" + text;
    }
}
