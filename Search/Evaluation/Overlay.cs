using FasterSeg.Search.Data;

namespace FasterSeg.Search.Evaluation;

/// <summary>Pictures for people: what was predicted, painted over what was seen.</summary>
public static class Overlay
{
    /// <summary>How much of a class's colour, and so how little of the picture, is seen.</summary>
    public const float DefaultOpacity = 0.55f;

    private const int NarrowestPanel = 300;
    private const int Gap = 6;

    /// <summary>The picture with each pixel tinted in the colour of its class; ignored pixels stay as they are.</summary>
    /// <exception cref="ArgumentException">Picture and label are of different sizes, or a value is no class.</exception>
    public static RgbImage Blend(RgbImage image, LabelMap label, IReadOnlyList<SegmentationClass> classes, float opacity = DefaultOpacity)
    {
        if ((image.Height, image.Width) != (label.Height, label.Width))
            throw new ArgumentException(
                $"A {label.Height} x {label.Width} label doesn't fit a {image.Height} x {image.Width} picture.",
                nameof(label)
            );
        var blended = new RgbImage(image.Height, image.Width, [.. image.Pixels]);
        for (int i = 0; i < label.Classes.Length; i++)
        {
            if (label.Classes[i] == LabelMap.Ignore)
                continue;
            if (label.Classes[i] >= classes.Count)
                throw new ArgumentException($"{label.Classes[i]} is none of {classes.Count} classes.", nameof(label));
            SegmentationClass painted = classes[label.Classes[i]];
            Span<byte> pixel = blended.Pixels.AsSpan(i * 3, 3);
            pixel[0] = Mix(pixel[0], painted.Red, opacity);
            pixel[1] = Mix(pixel[1], painted.Green, opacity);
            pixel[2] = Mix(pixel[2], painted.Blue, opacity);
        }
        return blended;
    }

    /// <summary>Writes the picture with the prediction over it, and the classes' names below, in the format that the file's name
    /// says.</summary>
    /// <exception cref="Latency.UserErrorException">The file cannot be written.</exception>
    public static void Write(string path, RgbImage image, LabelMap prediction, IReadOnlyList<SegmentationClass> classes) =>
        ImageFile.Write(path, Arrange([Blend(image, prediction, classes)], [], Present(classes, prediction)));

    /// <summary>Writes picture, label and prediction next to each other, and the classes' names below, as PNG.</summary>
    /// <exception cref="Latency.UserErrorException">The file cannot be written.</exception>
    public static void WriteSideBySide(
        string path,
        RgbImage image,
        LabelMap label,
        LabelMap prediction,
        IReadOnlyList<SegmentationClass> classes
    ) => ImageFile.WritePng(path, SideBySide(image, label, prediction, classes));

    /// <summary>Picture, label and prediction next to each other, and the classes' names below.</summary>
    public static RgbImage SideBySide(RgbImage image, LabelMap label, LabelMap prediction, IReadOnlyList<SegmentationClass> classes) =>
        Arrange(
            [image, Blend(image, label, classes), Blend(image, prediction, classes)],
            ["image", "label", "prediction"],
            Present(classes, label, prediction)
        );

    private static SegmentationClass[] Present(IReadOnlyList<SegmentationClass> classes, params ReadOnlySpan<LabelMap> labels)
    {
        bool[] seen = new bool[256];
        foreach (LabelMap label in labels)
        {
            foreach (byte value in label.Classes)
                seen[value] = true;
        }
        return [.. classes.Where((_, index) => seen[index])];
    }

    /// <summary>Panels in a row (small ones enlarged), titles above, legend below.</summary>
    private static RgbImage Arrange(RgbImage[] panels, string[] titles, SegmentationClass[] legend)
    {
        int zoom = Math.Max(1, NarrowestPanel / panels[0].Width);
        int height = panels[0].Height * zoom,
            width = panels[0].Width * zoom;
        int top = titles.Length > 0 ? Legend.TextHeight + 2 * Gap : 0;
        int total = panels.Length * width + (panels.Length - 1) * Gap;
        Legend.Item[] items = Legend.Place(legend, total, out int legendHeight);
        var sheet = new RgbImage(top + height + legendHeight, total);
        sheet.Pixels.AsSpan().Fill(255);
        for (int p = 0; p < panels.Length; p++)
        {
            int left = p * (width + Gap);
            if (titles.Length > 0)
                Lettering.Write(sheet, Gap, left + Gap, Legend.TextHeight, titles[p]);
            for (int r = 0; r < height; r++)
            {
                for (int c = 0; c < width; c++)
                    panels[p][r / zoom, c / zoom].CopyTo(sheet[top + r, left + c]);
            }
        }
        Legend.Draw(sheet, top + height, items);
        return sheet;
    }

    private static byte Mix(byte under, byte over, float opacity) => (byte)(under + (over - under) * opacity + 0.5f);
}
