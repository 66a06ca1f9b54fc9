using FasterSeg.Search.Comparing;
using FasterSeg.Search.Data;
using FasterSeg.Search.Evaluation;
using SkiaSharp;

namespace FasterSeg.Search.Client.Reporting.Pictures;

/// <summary>The networks of a set over latency and mIoU: a full dot is on the Pareto front, a ring is not, and a line goes along the
/// front.</summary>
internal static class ParetoPicture
{
    private const float Width = 720,
        Height = 480,
        Left = 78,
        Right = Width - 30,
        Text = 9,
        Dot = 4.2f;

    private const int LongestLabel = 60;

    /// <summary>Whether there is something to draw: two numbers of at least one network.</summary>
    public static bool Has(ComparedSet set) => set.Networks.Any(network => set.AccuracyOf(network) is not null);

    /// <summary>Draws a set that has something to draw.</summary>
    /// <param name="set">The networks.</param>
    /// <param name="name">Of the set, e.g. <c>students A</c>.</param>
    public static RgbImage Draw(ComparedSet set, string name)
    {
        (ComparedNetwork Network, double Ms, double Percent)[] known =
        [
            .. from network in set.Networks
            where set.AccuracyOf(network) is not null
            select (network, set.LatencyOf(network), 100 * set.AccuracyOf(network)!.Value),
        ];
        var panel = new ChartPanel(
            new(Left, 82, Right, Height - 58),
            Axis.Around(known.Select(one => one.Ms)),
            Axis.Around(known.Select(one => one.Percent))
        );
        string latency = set.ByMeasurement ? "measured" : "estimated",
            accuracy = set.Accuracy == QualityBasis.Trained ? "trained" : "supernet's";
        return PictureCanvas.Draw(Width, Height, canvas =>
        {
            canvas.Head($"Latency and mIoU: {name}", set.Networks[0].Run.Device.DeviceName);
            Lettering.Write(canvas, "line and full dots: the Pareto front", Left, 44, Text, PictureColours.Grey);
            panel.Frame(canvas, $"{accuracy} mIoU, %");
            Lettering.Write(
                canvas,
                $"{latency} latency, ms",
                (Left + Right) / 2,
                Height - 24,
                Text,
                PictureColours.Ink,
                Lettering.Align.Centre
            );
            SKPoint[] front =
            [
                .. known.Where(one => set.IsOnFront(one.Network)).OrderBy(one => one.Ms).Select(one => panel.At(one.Ms, one.Percent)),
            ];
            for (int i = 1; i < front.Length; i++)
                canvas.Line(front[i - 1].X, front[i - 1].Y, front[i].X, front[i].Y, PictureColours.Deep, 1.4f);
            foreach (var (network, ms, percent) in known)
                Mark(canvas, panel.At(ms, percent), set.IsOnFront(network));
            foreach (var (at, names) in Labels(known.Select(one => (panel.At(one.Ms, one.Percent), one.Network.Run.Name))))
                Label(canvas, at, names);
        });
    }

    /// <summary>What stands beside dots: those that lie on each other have one label for all.</summary>
    /// <param name="dots">Where each is, and its name.</param>
    internal static IReadOnlyList<(SKPoint At, string Names)> Labels(IEnumerable<(SKPoint At, string Name)> dots)
    {
        var labels = new List<(SKPoint At, List<string> Names)>();
        foreach (var (at, name) in dots)
        {
            int same = labels.FindIndex(label => SKPoint.Distance(label.At, at) < 2 * Dot);
            if (same >= 0)
                labels[same].Names.Add(name);
            else
                labels.Add((at, [name]));
        }
        return [.. labels.Select(label => (label.At, PictureCanvas.Shortened(string.Join(", ", label.Names), LongestLabel)))];
    }

    private static void Mark(SKCanvas canvas, SKPoint at, bool onFront)
    {
        using var paint = new SKPaint
        {
            Color = onFront ? PictureColours.Deep : PictureColours.Grey,
            IsAntialias = true,
            Style = onFront ? SKPaintStyle.Fill : SKPaintStyle.Stroke,
            StrokeWidth = 1.5f,
        };
        canvas.DrawCircle(at, Dot, paint);
    }

    private static void Label(SKCanvas canvas, SKPoint at, string name)
    {
        // Beside the dot, on the side with room.
        bool isLeft = at.X + 10 + Lettering.Width(name, Text) > Right;
        Lettering.Write(
            canvas,
            name,
            isLeft ? at.X - 8 : at.X + 8,
            at.Y - (Text / 2) - 7,
            Text,
            PictureColours.Ink,
            isLeft ? Lettering.Align.Right : Lettering.Align.Left
        );
    }
}
