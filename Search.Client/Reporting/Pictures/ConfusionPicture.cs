using FasterSeg.Search.Data;
using FasterSeg.Search.Evaluation;
using SkiaSharp;

namespace FasterSeg.Search.Client.Reporting.Pictures;

/// <summary>A confusion matrix: a row for each label, a column for each prediction, darker where more of the label's pixels are. The number
/// says how many percent of the row. Of very many classes those with the most pixels are shown.</summary>
internal static class ConfusionPicture
{
    /// <summary>Classes that are shown at most.</summary>
    public const int MostClasses = 40;

    private const float Cell = 34,
        Text = 8,
        Gap = 8,
        Margin = 14,
        Head = 40,
        Axis = 18;
    private const double Dark = 0.55;
    private const int LongestName = 28,
        LongestDetail = 60;

    private static readonly SKColor Full = new(0x2F, 0x6F, 0xB0);

    /// <summary>Draws it.</summary>
    /// <param name="classes">Their names.</param>
    /// <param name="counts">Pixels by label and prediction, of as many.</param>
    /// <param name="title">What it is of.</param>
    /// <param name="detail">More on that, small.</param>
    public static RgbImage Draw(IReadOnlyList<string> classes, IReadOnlyList<IReadOnlyList<long>> counts, string title, string detail)
    {
        int[] shown = Shown(counts);
        string[] names = [.. shown.Select(c => PictureCanvas.Shortened(classes[c], LongestName))];
        detail = PictureCanvas.Shortened(detail, LongestDetail);
        if (shown.Length < classes.Count)
            detail += FormattableString.Invariant($"; the {shown.Length} of {classes.Count} classes with the most pixels");
        float room = names.Max(name => Lettering.Width(name, Text)),
            left = Margin + Axis + room + Gap,
            top = Head + Axis + room + Gap,
            side = shown.Length * Cell;
        float width = Math.Max(left + side + Margin, Lettering.Width(title, 12, bold: true) + Lettering.Width(detail, 10) + 60);
        return PictureCanvas.Draw(width, top + side + Margin, canvas =>
        {
            canvas.Head(title, detail);
            // Each axis has its name along its middle.
            Lettering.Write(canvas, "taken for", left + (side / 2), Head, Text + 1, PictureColours.Grey, Lettering.Align.Centre);
            Upright(canvas, "label", Margin, top + (side / 2), Text + 1, PictureColours.Grey, Lettering.Align.Centre);
            for (int i = 0; i < shown.Length; i++)
            {
                float at = (i * Cell) + ((Cell - Text) / 2);
                Lettering.Write(canvas, names[i], left - Gap, top + at, Text, PictureColours.Ink, Lettering.Align.Right);
                Upright(canvas, names[i], left + at, top - Gap, Text, PictureColours.Ink, Lettering.Align.Left);
                IReadOnlyList<long> row = counts[shown[i]];
                Row(canvas, [.. shown.Select(c => row[c])], row.Sum(), left, top + (i * Cell));
            }
        });
    }

    /// <summary>The classes that are shown, in their order.</summary>
    private static int[] Shown(IReadOnlyList<IReadOnlyList<long>> counts) =>
        [
            .. Enumerable
                .Range(0, counts.Count)
                .OrderByDescending(c => counts[c].Sum() + counts.Sum(row => row[c]))
                .Take(MostClasses)
                .Order(),
        ];

    /// <summary>A text that is read from below.</summary>
    private static void Upright(SKCanvas canvas, string text, float x, float y, float height, SKColor colour, Lettering.Align align)
    {
        canvas.Save();
        canvas.RotateDegrees(-90);
        Lettering.Write(canvas, text, -y, x, height, colour, align);
        canvas.Restore();
    }

    private static void Row(SKCanvas canvas, long[] row, double total, float left, float top)
    {
        for (int predicted = 0; predicted < row.Length; predicted++)
        {
            var place = new SKRect(left + (predicted * Cell), top, left + ((predicted + 1) * Cell), top + Cell);
            double share = total > 0 ? row[predicted] / total : 0;
            canvas.Fill(place, Shade(share), radius: 0);
            canvas.Outline(place, PictureColours.Pale, 0.5f, radius: 0);
            if (share < 0.005)
                continue;
            Lettering.Write(
                canvas,
                FormattableString.Invariant($"{100 * share:0}"),
                place.MidX,
                place.MidY - (Text / 2),
                Text,
                share > Dark ? SKColors.White : PictureColours.Ink,
                Lettering.Align.Centre
            );
        }
    }

    private static SKColor Shade(double share) =>
        new(Mix(0xFF, Full.Red, share), Mix(0xFF, Full.Green, share), Mix(0xFF, Full.Blue, share));

    private static byte Mix(byte from, byte to, double share) => (byte)(from + ((to - from) * share));
}
