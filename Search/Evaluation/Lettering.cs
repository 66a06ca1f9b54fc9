using System.Text;
using FasterSeg.Search.Data;
using SkiaSharp;

namespace FasterSeg.Search.Evaluation;

/// <summary>
/// Text in DejaVu Sans, which comes along: a small container has no font installed. Letters are drawn by their outlines and without
/// hints, so that a picture of a run looks the same on every system.
/// </summary>
internal static class Lettering
{
    /// <summary>How far letters such as g reach below the line, for capitals of height 1.</summary>
    public const float Descent = 0.33f;

    private const float CapitalsOfSize = 1493f / 2048; // both faces' capitals, in their own units

    private static readonly SKTypeface Regular = Load("DejaVuSans.ttf"),
        Bold = Load("DejaVuSans-Bold.ttf");

    /// <summary>Where a text's x is.</summary>
    public enum Align
    {
        /// <summary>Its left end.</summary>
        Left,

        /// <summary>Its middle.</summary>
        Centre,

        /// <summary>Its right end.</summary>
        Right,
    }

    /// <summary>Pixels that a text takes, for capitals of a height in pixels.</summary>
    public static float Width(string text, float height, bool bold = false)
    {
        using SKFont font = Font(height, bold);
        return font.MeasureText(Known(text));
    }

    /// <summary>Writes a line of text whose capitals' upper edge is at <paramref name="top"/>.</summary>
    /// <param name="canvas">Where to write.</param>
    /// <param name="text">Latin, Greek or Cyrillic; anything else becomes a question mark.</param>
    /// <param name="x">See <paramref name="align"/>.</param>
    /// <param name="top">Upper edge of the capitals.</param>
    /// <param name="height">Height of the capitals, pixels.</param>
    /// <param name="colour">Of the text.</param>
    /// <param name="align">What of the text is at <paramref name="x"/>.</param>
    /// <param name="bold">Thicker strokes.</param>
    public static void Write(
        SKCanvas canvas,
        string text,
        float x,
        float top,
        float height,
        SKColor colour,
        Align align = Align.Left,
        bool bold = false
    )
    {
        using SKFont font = Font(height, bold);
        string known = Known(text);
        float before = align switch
        {
            Align.Left => 0,
            Align.Centre => font.MeasureText(known) / 2,
            _ => font.MeasureText(known),
        };
        using SKPath outlines = font.GetTextPath(known, new SKPoint(x - before, top + height));
        using var paint = new SKPaint { Color = colour, IsAntialias = true };
        canvas.DrawPath(outlines, paint);
    }

    /// <summary>Writes black text on a picture; what doesn't fit is cut off.</summary>
    /// <param name="picture">Where to write.</param>
    /// <param name="top">Upper edge of the capitals.</param>
    /// <param name="left">Left end of the text.</param>
    /// <param name="height">Height of the capitals, pixels.</param>
    /// <param name="text">See the other overload.</param>
    public static void Write(RgbImage picture, int top, int left, int height, string text)
    {
        int width = (int)MathF.Ceiling(Width(text, height)),
            above = height / 2,
            rows = above + height + (int)MathF.Ceiling(Descent * height);
        using var bitmap = new SKBitmap(new SKImageInfo(Math.Max(1, width), rows, SKColorType.Rgba8888, SKAlphaType.Opaque));
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(SKColors.White);
        Write(canvas, text, 0, above, height, SKColors.Black);
        canvas.Flush();
        for (int r = Math.Max(0, above - top); r < rows && top - above + r < picture.Height; r++)
        {
            for (int c = 0; c < width && left + c < picture.Width; c++)
            {
                byte shade = bitmap.GetPixel(c, r).Red;
                foreach (ref byte value in picture[top - above + r, left + c])
                    value = (byte)(value * shade / 255);
            }
        }
    }

    private static SKFont Font(float height, bool bold) =>
        new(bold ? Bold : Regular, height / CapitalsOfSize)
        {
            Hinting = SKFontHinting.None,
            Subpixel = true,
            LinearMetrics = true,
        };

    private static string Known(string text) =>
        string.Concat(text.EnumerateRunes().Select(letter => Regular.ContainsGlyph(letter.Value) ? letter : new Rune('?')));

    private static SKTypeface Load(string name)
    {
        using Stream font = typeof(Lettering).Assembly.GetManifestResourceStream(name)!;
        return SKTypeface.FromStream(font);
    }
}
