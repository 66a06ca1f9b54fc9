using System.Globalization;
using FasterSeg.Latency;
using FasterSeg.Latency.Spaces;

namespace FasterSeg.Search.Configuration;

/// <summary>Section <c>space</c>: the search space. Defaults are the paper's. Ratios are written as fractions, e.g.
/// <c>"8/12"</c>.</summary>
public sealed class SpaceOptions
{
    /// <summary>Rows of the deployed network's input.</summary>
    [Unit("pixels")]
    public int Height { get; set; } = 1024;

    /// <summary>Columns of the deployed network's input.</summary>
    [Unit("pixels")]
    public int Width { get; set; } = 2048;

    /// <summary>Channels at scale s with ratio 1 are Fch * s.</summary>
    [Unit("channels")]
    public int Fch { get; set; } = 12;

    /// <summary>Number of cell layers, L.</summary>
    [Unit("layers")]
    public int Layers { get; set; } = 16;

    /// <summary>Number of classes.</summary>
    [Unit("classes")]
    public int Classes { get; set; } = 19;

    /// <summary>Searchable expansion ratios, comma separated, ascending.</summary>
    public string Widths { get; set; } = "4/12, 6/12, 8/12, 10/12, 12/12";

    /// <summary>Ratio of the teacher's stem.</summary>
    public string TeacherStem { get; set; } = "12/12";

    /// <summary>Ratio of the teacher's last maps and heads.</summary>
    public string TeacherHead { get; set; } = "12/12";

    /// <summary>Ratio of the student's stem.</summary>
    public string StudentStem { get; set; } = "8/12";

    /// <summary>Ratio of the student's last maps and heads.</summary>
    public string StudentHead { get; set; } = "8/12";

    /// <summary>The space these options describe.</summary>
    /// <exception cref="UsageException">A number breaks a rule; the message names each.</exception>
    public SearchSpace ToSpace()
    {
        var space = new SearchSpace(
            Height,
            Width,
            Fch,
            [.. Widths.Split(',').Select(ParseRatio)],
            Layers,
            Classes,
            ParseRatio(TeacherStem),
            ParseRatio(TeacherHead),
            ParseRatio(StudentStem),
            ParseRatio(StudentHead)
        );
        IReadOnlyList<string> faults = space.Validate();
        return faults.Count == 0 ? space : throw new UsageException("space: " + string.Join(" ", faults));
    }

    private static double ParseRatio(string text)
    {
        string[] parts = text.Split('/', StringSplitOptions.TrimEntries);
        if (parts.Length is 1 or 2 && parts.All(p => double.TryParse(p, NumberStyles.Float, CultureInfo.InvariantCulture, out _)))
        {
            double[] numbers = [.. parts.Select(p => double.Parse(p, CultureInfo.InvariantCulture))];
            return numbers.Length == 1 ? numbers[0] : numbers[0] / numbers[1];
        }
        throw new UsageException($"space: '{text}' is not a ratio; write it like 8/12 or 0.5.");
    }
}
