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

    /// <summary>Draws it.</summary>
    /// <param name="front">From fast to slow.</param>
    /// <param name="all">All that were scored.</param>
    /// <param name="device">Whose latencies they are.</param>
    public static RgbImage Draw(IReadOnlyList<ScoredNetwork> front, IReadOnlyList<ScoredNetwork> all, TableIdentity device)
    {
        var panel = new ChartPanel(
            new(Left, 82, Right, Height - 58),
            Axis.Around(all.Select(one => one.EstimateMs), logarithmic: true),
            Axis.Around(all.Select(one => one.Score.Loss))
        );
        return PictureCanvas.Draw(Width, Height, canvas =>
        {
            canvas.Head("Latency and loss", FormattableString.Invariant($"{device.DeviceName}, {device.Provider}, {device.Precision}"));
            Lettering.Write(
                canvas,
                FormattableString.Invariant($"{Plural.Of(all.Count, "network")} with shared weights; the front has {front.Count}"),
                Left,
                44,
                Text,
                PictureColours.Grey
            );
            panel.Frame(canvas, "loss");
            Lettering.Write(canvas, "estimate, ms", (Left + Right) / 2, Height - 24, Text, PictureColours.Ink, Lettering.Align.Centre);
            foreach (ScoredNetwork one in all)
                Mark(canvas, panel.At(one.EstimateMs, one.Score.Loss), PictureColours.Shallow.WithAlpha(0x60), Dot / 2);
            SKPoint[] line = [.. front.Select(one => panel.At(one.EstimateMs, one.Score.Loss))];
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

    private static void Mark(SKCanvas canvas, SKPoint at, SKColor colour, float radius)
    {
        using var paint = new SKPaint { Color = colour, IsAntialias = true };
        canvas.DrawCircle(at, radius, paint);
    }
}
