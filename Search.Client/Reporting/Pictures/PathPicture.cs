using System.Globalization;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Search.Data;
using FasterSeg.Search.Evaluation;
using SkiaSharp;

namespace FasterSeg.Search.Client.Reporting.Pictures;

/// <summary>
/// The path and the widths of a derived network: layers from left to right, scales from top to bottom, a box for each map. A box
/// is as full as the map's width is of the full one (Fch x scale), its colour the operator that gives it.
/// </summary>
public sealed class PathPicture
{
    private const float Left = 62,
        Top = 46,
        NarrowestColumn = 62,
        OneTrack = 82,
        ManyTracks = 146,
        TrackOffset = 35,
        BoxWidth = 34,
        BoxHeight = 44;
    private const float Text = 9,
        Title = 12,
        Narrowest = 760,
        Right = 10,
        LegendHeight = 96;

    private readonly NetworkPlan plan;
    private readonly PathLayout layout;
    private readonly float width,
        columnWidth;
    private readonly float[] laneTops;

    private PathPicture(NetworkPlan plan)
    {
        this.plan = plan;
        layout = new PathLayout(plan);
        columnWidth = Math.Max(NarrowestColumn, (Narrowest - Left - Right) / layout.Columns);
        width = Left + (layout.Columns * columnWidth) + Right;
        laneTops = new float[4];
        laneTops[0] = Top;
        for (int lane = 0; lane < 3; lane++)
            laneTops[lane + 1] = laneTops[lane] + (layout.TracksOf(lane) == 1 ? OneTrack : ManyTracks);
    }

    /// <summary>Draws a network.</summary>
    /// <param name="plan">The network at its input size.</param>
    /// <param name="estimate">Its latency; null leaves it out.</param>
    public static RgbImage Draw(NetworkPlan plan, NetworkEstimate? estimate)
    {
        var picture = new PathPicture(plan);
        return PictureCanvas.Draw(picture.width, picture.laneTops[3] + LegendHeight, canvas => picture.Draw(canvas, estimate));
    }

    private void Draw(SKCanvas canvas, NetworkEstimate? estimate)
    {
        string latency = estimate is null ? "" : string.Create(CultureInfo.InvariantCulture, $", estimate {estimate.TotalMs:F3} ms");
        canvas.Head(plan.Architecture.ToString(), string.Create(CultureInfo.InvariantCulture, $"{plan.Height}x{plan.Width}{latency}"));
        DrawGrid(canvas);
        foreach (PathLayout.Link link in layout.Links)
            DrawLink(canvas, link);
        foreach (PathLayout.Node node in layout.Nodes)
            DrawNode(canvas, node);
        DrawLegend(canvas, laneTops[3] + 32);
    }

    private float X(int column) => Left + ((column + 0.5f) * columnWidth);

    // The number above a box belongs to it: the pair is in the middle of its track.
    private float Y(PathLayout.Node node) => ((laneTops[node.Lane] + laneTops[node.Lane + 1]) / 2) + 6 + (node.Track * TrackOffset);

    private void DrawGrid(SKCanvas canvas)
    {
        for (int lane = 0; lane < 3; lane++)
        {
            canvas.Fill(new SKRect(Left - 4, laneTops[lane] + 3, width - Right, laneTops[lane + 1] - 3), PictureColours.Lane, radius: 6);
            Lettering.Write(
                canvas,
                FormattableString.Invariant($"1/{SearchSpace.Scales[lane]}"),
                Left - 14,
                ((laneTops[lane] + laneTops[lane + 1]) / 2) - 1,
                Title,
                PictureColours.Ink,
                Lettering.Align.Right,
                bold: true
            );
        }
        float below = laneTops[3] + 8;
        Lettering.Write(canvas, "layer", Left - 14, below, Text, PictureColours.Grey, Lettering.Align.Right);
        for (int column = 0; column < layout.Columns; column++)
            Lettering.Write(
                canvas,
                layout.NameOf(column),
                X(column),
                below,
                column > 0 && column <= layout.Layers ? Text : Text - 2,
                PictureColours.Grey,
                Lettering.Align.Centre
            );
    }

    private void DrawNode(SKCanvas canvas, PathLayout.Node node)
    {
        OperatorSpec spec = plan.Parts[node.Part].Spec;
        float x = X(node.Column),
            y = Y(node);
        double share = Math.Min(1, (double)spec.OutChannels / (plan.Architecture.Fch * SearchSpace.Scales[node.Lane]));
        float half = (float)(share * BoxHeight / 2);
        var full = new SKRect(x - (BoxWidth / 2), y - (BoxHeight / 2), x + (BoxWidth / 2), y + (BoxHeight / 2));
        canvas.Fill(full, PictureColours.Paper);
        canvas.Fill(new SKRect(full.Left, y - half, full.Right, y + half), ColourOf(node));
        canvas.Outline(full, PictureColours.Of(plan.Parts[node.Part].Branches), 1.2f);
        Lettering.Write(
            canvas,
            spec.OutChannels.ToString(CultureInfo.InvariantCulture),
            x,
            full.Top - Text - 3,
            Text,
            PictureColours.Ink,
            Lettering.Align.Centre
        );
    }

    // The stem's last part is a conv_2x, but nothing that was searched.
    private SKColor ColourOf(PathLayout.Node node) =>
        plan.Parts[node.Part].Layer is null ? PictureColours.Of(OperatorKind.Stem) : PictureColours.Of(plan.Parts[node.Part].Spec.Kind);

    /// <summary>A line that changes its height in one column: a lateral one right behind its map, any other just before its end.</summary>
    private void DrawLink(SKCanvas canvas, PathLayout.Link link)
    {
        float gap = columnWidth - BoxWidth,
            fromX = X(link.From.Column) + (BoxWidth / 2),
            toX = X(link.To.Column) - (BoxWidth / 2),
            fromY = Y(link.From),
            toY = Y(link.To);
        float begin = link.Lateral ? fromX : toX - gap,
            end = begin + gap;
        using var path = new SKPath();
        path.MoveTo(fromX, fromY);
        path.LineTo(begin, fromY);
        path.CubicTo(begin + (gap * 0.6f), fromY, end - (gap * 0.6f), toY, end, toY);
        path.LineTo(toX, toY);
        canvas.Line(path, PictureColours.Of(link.Branches), link.Lateral ? 1.3f : 2.4f, dashed: link.Lateral);
    }

    private void DrawLegend(SKCanvas canvas, float top)
    {
        float x = 14;
        foreach (OperatorKind kind in PictureColours.Operators)
        {
            canvas.Fill(new SKRect(x, top, x + 18, top + 12), PictureColours.Of(kind), radius: 2);
            x = Label(canvas, PictureColours.NameOf(kind), x + 24, top + 2);
        }
        canvas.Fill(new SKRect(x, top, x + 18, top + 12), PictureColours.Of(OperatorKind.Stem), radius: 2);
        Label(canvas, "fixed part", x + 24, top + 2);

        (x, top) = (14, top + 24);
        foreach (
            var (name, branches) in new (string, int[])[]
            {
                ("both branches", [0, 1]),
                ($"{plan.Architecture.Deep.LastScale}s", [0]),
                ($"{plan.Architecture.Shallow.LastScale}s", [1]),
            }
        )
        {
            canvas.Line(x, top + 5, x + 22, top + 5, PictureColours.Of(branches), 2.4f);
            x = Label(canvas, name, x + 28, top);
        }
        canvas.Line(x, top + 5, x + 22, top + 5, PictureColours.Grey, 1.3f, dashed: true);
        Label(canvas, "a branch's last map at a scale, for its refinement", x + 28, top);
        Label(canvas, "A number is a map's channels. A box that is full has as many as its scale may have.", 14, top + 22);
    }

    private static float Label(SKCanvas canvas, string text, float x, float top)
    {
        Lettering.Write(canvas, text, x, top, Text, PictureColours.Ink);
        return x + Lettering.Width(text, Text) + 18;
    }
}
