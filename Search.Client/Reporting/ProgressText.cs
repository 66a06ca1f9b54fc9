using System.Globalization;

namespace FasterSeg.Search.Client.Reporting;

/// <summary>Words a report: <c>120/651  18 %  2:10 left  conv h32 w64 c64-96 s1 0.412 ms</c>.</summary>
public static class ProgressText
{
    /// <summary>The report in words; a time left that is null or a value that is empty is left out.</summary>
    public static string Of(double done, double total, TimeSpan? left, string latest)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        var parts = new List<string> { total > 0 ? string.Create(culture, $"{done:0.##}/{total:0.##}") : done.ToString("0.##", culture) };
        if (total > 0)
            parts.Add(string.Create(culture, $"{Math.Floor(100 * done / total):0} %"));
        if (left is { } span && done < total)
            parts.Add(Duration(span) + " left");
        if (latest.Length > 0)
            parts.Add(latest);
        return string.Join("  ", parts);
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
