using System.Globalization;

namespace FasterSeg.Latency;

/// <summary>How many of something, for people: <c>1 epoch</c>, <c>2 epochs</c>.</summary>
public static class Plural
{
    /// <summary>A number with its word.</summary>
    /// <param name="number">How many.</param>
    /// <param name="one">The word for one of them.</param>
    /// <param name="several">The word for several, or none; null is <paramref name="one"/> with an s.</param>
    public static string Of(long number, string one, string? several = null) =>
        number.ToString(CultureInfo.InvariantCulture) + " " + Word(number, one, several);

    /// <summary>The word alone.</summary>
    /// <param name="number">How many.</param>
    /// <param name="one">The word for one of them.</param>
    /// <param name="several">The word for several, or none; null is <paramref name="one"/> with an s.</param>
    public static string Word(long number, string one, string? several = null) => number == 1 ? one : several ?? one + "s";
}
