using FasterSeg.Search.Data;
using FasterSeg.Search.Evaluation;
using SkiaSharp;

namespace FasterSeg.Search.Client.Reporting.Pictures;

/// <summary>A confusion matrix: a row for each label, a column for each prediction, darker where more of the label's pixels are. The number
/// says how many percent of the row.</summary>
internal static class ConfusionPicture
{
    private const float Cell = 34,
        Text = 8,
        Gap = 8,
        Margin = 14,
        Top = 52;
    private const double Dark = 0.55;

    private static readonly SKColor Full = new(0x2F, 0x6F, 0xB0);

    /// <summary>Draws it.</summary>
    /// <param name="classes">Their names.</param>
    /// <param name="counts">Pixels by label and prediction.</param>
    /// <param name="title">What it is of.</param>
    /// <param name="detail">More on that, small.</param>
    public static RgbImage Draw(IReadOnlyList<string> classes, IReadOnlyList<IReadOnlyList<long>> counts, string title, string detail)
    {
        float names = classes.Max(name => Lettering.Width(name, Text)),
            left = Margin + names + Gap,
            top = Top + names + Gap,
            side = classes.Count * Cell;
        float width = Math.Max(left + side + Margin, Lettering.Width(title, 12, bold: true) + Lettering.Width(detail, 10) + 60);
        return PictureCanvas.Draw(width, top + side + Margin + 6, canvas =>
        {
            canvas.Head(title, detail);
            Lettering.Write(canvas, "label", Margin, top - Gap - Text, Text, PictureColours.Grey);
            Lettering.Write(canvas, "prediction", left, Top - 10, Text, PictureColours.Grey);
            for (int i = 0; i < classes.Count; i++)
            {
                float at = (i * Cell) + ((Cell - Text) / 2);
                Lettering.Write(canvas, classes[i], left - Gap, top + at, Text, PictureColours.Ink, Lettering.Align.Right);
                canvas.Save();
                canvas.RotateDegrees(-90);
                Lettering.Write(canvas, classes[i], -(top - Gap), left + at, Text, PictureColours.Ink);
                canvas.Restore();
                Row(canvas, counts[i], left, top + (i * Cell));
            }
        });
    }

    private static void Row(SKCanvas canvas, IReadOnlyList<long> row, float left, float top)
    {
        double total = row.Sum();
        for (int predicted = 0; predicted < row.Count; predicted++)
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
