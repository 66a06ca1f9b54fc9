using FasterSeg.Search.Evaluation;
using SkiaSharp;

namespace FasterSeg.Search.Client.Reporting.Pictures;

/// <summary>A part of a picture in which values have places: two axes and their lines.</summary>
/// <param name="Place">Where it is.</param>
/// <param name="Across">Its horizontal axis.</param>
/// <param name="Up">Its vertical axis.</param>
internal sealed record ChartPanel(SKRect Place, Axis Across, Axis Up)
{
    private const float Text = 9,
        Left = 14;

    /// <summary>Where a pair of values is.</summary>
    public SKPoint At(double x, double y) =>
        new(Place.Left + (float)(Across.Place(x) * Place.Width), Place.Bottom - (float)(Up.Place(y) * Place.Height));

    /// <summary>Draws ground, lines and numbers.</summary>
    /// <param name="canvas">Where.</param>
    /// <param name="name">Of the vertical axis.</param>
    public void Frame(SKCanvas canvas, string name)
    {
        canvas.Fill(Place, PictureColours.Lane, radius: 0);
        Lettering.Write(canvas, name, Left, Place.Top - 14, Text, PictureColours.Ink);
        foreach (double tick in Up.Ticks())
        {
            SKPoint at = At(Across.Low, tick);
            canvas.Line(Place.Left, at.Y, Place.Right, at.Y, PictureColours.Paper, 1);
            Lettering.Write(canvas, Up.Label(tick), Place.Left - 8, at.Y - 4, Text, PictureColours.Grey, Lettering.Align.Right);
        }
        foreach (double tick in Across.Ticks())
        {
            SKPoint at = At(tick, Up.Low);
            canvas.Line(at.X, Place.Top, at.X, Place.Bottom, PictureColours.Paper, 1);
            Lettering.Write(canvas, Across.Label(tick), at.X, Place.Bottom + 8, Text, PictureColours.Grey, Lettering.Align.Centre);
        }
    }
}
