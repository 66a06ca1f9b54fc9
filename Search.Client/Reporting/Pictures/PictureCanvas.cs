using FasterSeg.Latency;
using FasterSeg.Search.Data;
using FasterSeg.Search.Evaluation;
using SkiaSharp;

namespace FasterSeg.Search.Client.Reporting.Pictures;

/// <summary>Draws pictures with antialiasing, at twice the size they are thought in: sharp on fine screens too.</summary>
internal static class PictureCanvas
{
    /// <summary>Pixels for a unit of the drawing.</summary>
    public const int Scale = 2;

    // It takes 4 bytes for each while it is drawn, and a browser as many.
    private const float MostPixels = 40e6f;

    /// <summary>A white picture, with what <paramref name="draw"/> draws on it.</summary>
    /// <param name="width">Columns, in the drawing's units.</param>
    /// <param name="height">Rows, in the drawing's units.</param>
    /// <param name="draw">Draws, in these units.</param>
    /// <exception cref="UserErrorException">It would be too large to be looked at.</exception>
    public static RgbImage Draw(float width, float height, Action<SKCanvas> draw)
    {
        if (!(width * height <= MostPixels / (Scale * Scale)))
            throw new UserErrorException(
                FormattableString.Invariant($"The picture would have {Scale * width:0}x{Scale * height:0} pixels: it is not drawn.")
            );
        using var bitmap = new SKBitmap(
            new SKImageInfo((int)Math.Ceiling(width * Scale), (int)Math.Ceiling(height * Scale), SKColorType.Rgba8888, SKAlphaType.Opaque)
        );
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(PictureColours.Paper);
        canvas.Scale(Scale);
        draw(canvas);
        canvas.Flush();
        var picture = new RgbImage(bitmap.Height, bitmap.Width);
        ReadOnlySpan<byte> pixels = bitmap.GetPixelSpan();
        for (int i = 0; i < bitmap.Height * bitmap.Width; i++)
            pixels.Slice(i * 4, 3).CopyTo(picture.Pixels.AsSpan(i * 3));
        return picture;
    }

    /// <summary>A picture's title, and small beside it what it is of.</summary>
    public static void Head(this SKCanvas canvas, string title, string detail)
    {
        const float Left = 14,
            Top = 14,
            Height = 12;
        Lettering.Write(canvas, title, Left, Top, Height, PictureColours.Ink, bold: true);
        Lettering.Write(
            canvas,
            detail,
            Left + Lettering.Width(title, Height, bold: true) + 26,
            Top + 1.5f,
            Height - 2,
            PictureColours.Grey
        );
    }

    /// <summary>A text that may be anybody's, cut where it is long.</summary>
    public static string Shortened(string text, int most) => text.Length <= most ? text : text[..(most - 3)] + "...";

    /// <summary>A rectangle with round corners, filled.</summary>
    public static void Fill(this SKCanvas canvas, SKRect place, SKColor colour, float radius = 4)
    {
        using var paint = new SKPaint { Color = colour, IsAntialias = true };
        canvas.DrawRoundRect(place, radius, radius, paint);
    }

    /// <summary>A rectangle's outline.</summary>
    public static void Outline(this SKCanvas canvas, SKRect place, SKColor colour, float width = 1, float radius = 4)
    {
        using var paint = new SKPaint
        {
            Color = colour,
            IsAntialias = true,
            Style = SKPaintStyle.Stroke,
            StrokeWidth = width,
        };
        canvas.DrawRoundRect(place, radius, radius, paint);
    }

    /// <summary>A line along a path.</summary>
    public static void Line(this SKCanvas canvas, SKPath path, SKColor colour, float width, bool dashed = false)
    {
        using SKPathEffect? dashes = dashed ? SKPathEffect.CreateDash([4, 4], 0) : null;
        using var paint = new SKPaint
        {
            Color = colour,
            IsAntialias = true,
            Style = SKPaintStyle.Stroke,
            StrokeWidth = width,
            PathEffect = dashes,
        };
        canvas.DrawPath(path, paint);
    }

    /// <summary>A straight line.</summary>
    public static void Line(
        this SKCanvas canvas,
        float fromX,
        float fromY,
        float toX,
        float toY,
        SKColor colour,
        float width,
        bool dashed = false
    )
    {
        using var path = new SKPath();
        path.MoveTo(fromX, fromY);
        path.LineTo(toX, toY);
        canvas.Line(path, colour, width, dashed);
    }
}
