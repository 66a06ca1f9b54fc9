namespace FasterSeg.Search.Data;

/// <summary>The pixels of one label image, counted.</summary>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
/// <param name="Classes">Pixels of each class.</param>
/// <param name="Ignored">Pixels that do not count, by the value that is stored for them (<see cref="ByColour"/>: a colour).</param>
/// <param name="Doubt">Why its indices may not be meant as the classes' numbers, as the beginning of a sentence; null where nothing speaks
/// for that.</param>
public sealed record LabelCount(int Height, int Width, long[] Classes, IReadOnlyDictionary<int, long> Ignored, string? Doubt = null)
{
    /// <summary>Stands for a value where pixels are ignored for their colour.</summary>
    public const int ByColour = -1;

    /// <summary>Counts a label whose file nobody asks for.</summary>
    public static LabelCount Of(LabelMap label, int classes)
    {
        long[] counts = new long[256];
        foreach (byte value in label.Classes)
            counts[value]++;
        return new LabelCount(
            label.Height,
            label.Width,
            counts[..classes],
            new Dictionary<int, long> { [LabelMap.Ignore] = counts[LabelMap.Ignore] }
        );
    }
}
