using System.Globalization;

namespace FasterSeg.Search.Client.Reporting;

/// <summary>Words a report: <c>120/651  18 %  2:10 left  conv h32 w64 c64-96 s1 0.412 ms</c>.</summary>
public static class ProgressText
{
    private const string Gap = "  ";

    /// <summary>The report in words; a time left that is null or below 0 or a value that is empty is left out.</summary>
    public static string Of(double done, double total, TimeSpan? left, string latest)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        var parts = new List<string> { total > 0 ? string.Create(culture, $"{done:0.##}/{total:0.##}") : done.ToString("0.##", culture) };
        if (total > 0)
            parts.Add(string.Create(culture, $"{Math.Floor(100 * done / total):0} %"));
        if (left is { } span && span >= TimeSpan.Zero && done < total)
            parts.Add(Duration(span) + " left");
        if (latest.Length > 0)
            parts.Add(latest);
        return string.Join(Gap, parts);
    }

    /// <summary>As many parts of a text as fit into a width, the first ones; less than a part only where not even the first one
    /// fits.</summary>
    /// <param name="text">From <see cref="Of"/>.</param>
    /// <param name="width">Columns.</param>
    public static string Within(string text, int width)
    {
        if (text.Length <= width)
            return text;
        int end = text.LastIndexOf(Gap, Math.Clamp(width + 1, 0, text.Length - 1), StringComparison.Ordinal);
        return text[..(end > 0 ? end : Math.Max(0, width))];
    }

    /// <summary><c>0:07</c>, <c>12:34</c> or <c>1:02:03</c>.</summary>
    public static string Duration(TimeSpan span)
    {
        long seconds = Math.Max(0, (long)Math.Round(span.TotalSeconds));
        string rest = string.Create(CultureInfo.InvariantCulture, $"{seconds / 60 % 60:00}:{seconds % 60:00}");
        return seconds >= 3600 ? string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600}:{rest}")
            : seconds >= 600 ? rest
            : rest[1..];
    }
}
