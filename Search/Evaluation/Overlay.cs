using FasterSeg.Search.Data;

namespace FasterSeg.Search.Evaluation;

/// <summary>
/// Pictures for people: what was predicted, painted over what was seen, with all classes' names. Their size depends on the picture's size
/// and on the classes alone, so that a video's frames have one.
/// </summary>
public static class Overlay
{
    /// <summary>How much of a class's colour, and so how little of the picture, is seen.</summary>
    public const float DefaultOpacity = 0.65f;

    private const int NarrowestPanel = 300; // of a sheet of panels
    private const int Gap = 6;

    // Of 255. Data sets have colours that are nearly black, which cannot be told from a picture's shadows.
    private const double DarkestLuma = 100;

    /// <summary>The picture with each pixel tinted in the colour of its class (<see cref="Visible"/>); ignored pixels stay as they
    /// are.</summary>
    /// <exception cref="ArgumentException">Picture and label are of different sizes, or a value is no class.</exception>
    public static RgbImage Blend(
        RgbImage image,
        LabelMap label,
        IReadOnlyList<SegmentationClass> classes,
        float opacity = DefaultOpacity
    ) => Paint(image, label, [.. classes.Select(Visible)], opacity);

    /// <summary>A class in a colour that is seen over any picture: its own, mixed with as much white as that takes.</summary>
    public static SegmentationClass Visible(SegmentationClass painted)
    {
        double luma = (0.299 * painted.Red) + (0.587 * painted.Green) + (0.114 * painted.Blue);
        float white = (float)Math.Max(0, (DarkestLuma - luma) / (255 - luma));
        return painted with
        {
            Red = Mix(painted.Red, 255, white),
            Green = Mix(painted.Green, 255, white),
            Blue = Mix(painted.Blue, 255, white),
        };
    }

    /// <summary>A label in its classes' own colours, black where it is ignored.</summary>
    /// <exception cref="ArgumentException">A value is no class.</exception>
    public static RgbImage Colours(LabelMap label, IReadOnlyList<SegmentationClass> classes) =>
        Paint(new RgbImage(label.Height, label.Width), label, classes, opacity: 1);

    /// <summary>Writes the picture at its own size with the prediction over it, and all classes' names below, in the format that the
    /// file's name says.</summary>
    /// <exception cref="Latency.UserErrorException">The file cannot be written.</exception>
    public static void Write(string path, RgbImage image, LabelMap prediction, IReadOnlyList<SegmentationClass> classes) =>
        ImageFile.Write(path, Arrange([Blend(image, prediction, classes)], [], classes, mostZoom: 1));

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
            classes,
            mostZoom: NarrowestPanel
        );

    /// <summary>Panels in a row (small ones enlarged), titles above, legend below.</summary>
    private static RgbImage Arrange(RgbImage[] panels, string[] titles, IReadOnlyList<SegmentationClass> classes, int mostZoom)
    {
        int zoom = Math.Clamp(NarrowestPanel / panels[0].Width, 1, mostZoom);
        int height = panels[0].Height * zoom,
            width = panels[0].Width * zoom;
        int top = titles.Length > 0 ? Legend.TextHeight + 2 * Gap : 0;
        int total = panels.Length * width + (panels.Length - 1) * Gap;
        var legend = Legend.Of([.. classes.Select(Visible)], total);
        var sheet = new RgbImage(top + height + legend.Height, total);
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
        legend.Draw(sheet, top + height);
        return sheet;
    }

    private static RgbImage Paint(RgbImage image, LabelMap label, IReadOnlyList<SegmentationClass> colours, float opacity)
    {
        if ((image.Height, image.Width) != (label.Height, label.Width))
            throw new ArgumentException(
                $"A {label.Height} x {label.Width} label doesn't fit a {image.Height} x {image.Width} picture.",
                nameof(label)
            );
        var painted = new RgbImage(image.Height, image.Width, [.. image.Pixels]);
        for (int i = 0; i < label.Classes.Length; i++)
        {
            if (label.Classes[i] == LabelMap.Ignore)
                continue;
            if (label.Classes[i] >= colours.Count)
                throw new ArgumentException($"{label.Classes[i]} is none of {colours.Count} classes.", nameof(label));
            SegmentationClass colour = colours[label.Classes[i]];
            Span<byte> pixel = painted.Pixels.AsSpan(i * 3, 3);
            pixel[0] = Mix(pixel[0], colour.Red, opacity);
            pixel[1] = Mix(pixel[1], colour.Green, opacity);
            pixel[2] = Mix(pixel[2], colour.Blue, opacity);
        }
        return painted;
    }

    private static byte Mix(byte under, byte over, float opacity) => (byte)(under + (over - under) * opacity + 0.5f);
}
