namespace FasterSeg.Search.Data;

/// <summary>Colours for classes that nobody gave one.</summary>
public static class ClassPalette
{
    private const double GoldenAngle = 137.50776;

    /// <summary>Classes named by their number, in colours far from one another.</summary>
    public static IReadOnlyList<SegmentationClass> Of(int classes) =>
        [
            .. Enumerable
                .Range(0, classes)
                .Select(c =>
                {
                    double hue = c * GoldenAngle % 360 / 60,
                        value = c % 2 == 0 ? 0.95 : 0.7;
                    (byte red, byte green, byte blue) = (Channel(hue, 5, value), Channel(hue, 3, value), Channel(hue, 1, value));
                    return new SegmentationClass($"class {c}", red, green, blue);
                }),
        ];

    // One channel of HSV with saturation 0.75; offset 5, 3, 1 for red, green, blue.
    private static byte Channel(double hue, int offset, double value)
    {
        double k = (offset + hue) % 6;
        return (byte)Math.Round(255 * (value - (value * 0.75 * Math.Max(0, Math.Min(1, Math.Min(k, 4 - k))))));
    }
}
