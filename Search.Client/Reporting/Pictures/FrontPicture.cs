using FasterSeg.Latency;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Data;
using FasterSeg.Search.Evaluation;
using FasterSeg.Search.OneShot;
using SkiaSharp;

namespace FasterSeg.Search.Client.Reporting.Pictures;

/// <summary>A front over latency: a dot for each network that was scored, and a line through those that no other one beats.</summary>
public static class FrontPicture
{
    private const float Width = 720,
        Height = 520,
        Left = 78,
        Right = Width - 24,
        Text = 9,
        Dot = 3.6f;

    // Of the way from the best to the median loss: a few networks that shared weights spoil would press all others together.
    private const double Highest = 3;

    /// <summary>Draws it.</summary>
    /// <param name="front">The front, and all that were scored.</param>
    /// <param name="device">Whose latencies they are; null where that is not known.</param>
    public static RgbImage Draw(KeptFront front, TableIdentity? device)
    {
        IReadOnlyList<ScoredPoint> all =
            front.Scored.Count > 0 ? front.Scored : [.. front.Points.Select(one => new ScoredPoint(one.EstimateMs, one.SupernetLoss))];
        double highest = HighestOf(all, front);
        ScoredPoint[] shown = [.. all.Where(one => one.SupernetLoss <= highest)];
        string above =
            shown.Length == all.Count
                ? ""
                : FormattableString.Invariant($"; {all.Count - shown.Length} of a loss above {highest:G3} are not shown");
        var panel = new ChartPanel(
            new(Left, 82, Right, Height - 58),
            Axis.Around(shown.Select(one => one.EstimateMs), logarithmic: true),
            Axis.Around(shown.Select(one => one.SupernetLoss))
        );
        return PictureCanvas.Draw(Width, Height, canvas =>
        {
            canvas.Head("Latency and loss", device is null ? "" : $"{device.DeviceName}, {device.Provider}, {device.Precision}");
            Lettering.Write(
                canvas,
                FormattableString.Invariant(
                    $"{Plural.Of(all.Count, "network")} with shared weights; the front has {front.Points.Count}{above}"
                ),
                Left,
                44,
                Text,
                PictureColours.Grey
            );
            panel.Frame(canvas, "loss");
            Lettering.Write(canvas, "estimate, ms", (Left + Right) / 2, Height - 24, Text, PictureColours.Ink, Lettering.Align.Centre);
            foreach (ScoredPoint one in shown)
                Mark(canvas, panel.At(one.EstimateMs, one.SupernetLoss), PictureColours.Shallow.WithAlpha(0x60), Dot / 2);
            SKPoint[] line = [.. front.Points.Select(one => panel.At(one.EstimateMs, one.SupernetLoss))];
            for (int i = 1; i < line.Length; i++)
                canvas.Line(line[i - 1].X, line[i - 1].Y, line[i].X, line[i].Y, PictureColours.Deep, 1.4f);
            for (int i = 0; i < line.Length; i++)
            {
                Mark(canvas, line[i], PictureColours.Deep, Dot);
                string number = FormattableString.Invariant($"{i + 1}");
                Lettering.Write(canvas, number, line[i].X, line[i].Y + 7, Text, PictureColours.Ink, Lettering.Align.Centre);
            }
        });
    }

    private static double HighestOf(IReadOnlyList<ScoredPoint> all, KeptFront front)
    {
        double[] losses = [.. all.Select(one => one.SupernetLoss).Order()];
        double best = losses[0],
            ofFront = front.Points.Count > 0 ? front.Points.Max(one => one.SupernetLoss) : best;
        return Math.Max(ofFront, best + (Highest * (losses[losses.Length / 2] - best)));
    }

    private static void Mark(SKCanvas canvas, SKPoint at, SKColor colour, float radius)
    {
        using var paint = new SKPaint { Color = colour, IsAntialias = true };
        canvas.DrawCircle(at, radius, paint);
    }
}
