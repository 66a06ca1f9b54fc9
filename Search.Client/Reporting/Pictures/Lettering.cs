using FasterSeg.Search.Evaluation;
using SkiaSharp;

namespace FasterSeg.Search.Client.Reporting.Pictures;

/// <summary>
/// Text on a Skia canvas without a font: <see cref="PixelFont"/>'s dots, neighbours joined by round strokes, so that letters are
/// smooth at any size and the same on every machine.
/// </summary>
internal static class Lettering
{
    private const int Columns = PixelFont.GlyphWidth,
        Rows = PixelFont.GlyphHeight;

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
    public static float Width(string text, float height) => Math.Max(0, (text.Length * (Columns + 1)) - 1) * Dot(height);

    /// <summary>Writes a line of text whose capitals' upper edge is at <paramref name="top"/>.</summary>
    /// <param name="canvas">Where to write.</param>
    /// <param name="text">ASCII; anything else becomes a question mark.</param>
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
        float dot = Dot(height),
            left =
                x
                - (
                    align switch
                    {
                        Align.Left => 0,
                        Align.Centre => Width(text, height) / 2,
                        _ => Width(text, height),
                    }
                );
        using var path = new SKPath();
        for (int i = 0; i < text.Length; i++)
            AddGlyph(path, PixelFont.Glyph(text[i]), left + (i * (Columns + 1) * dot), top, dot);
        using var paint = new SKPaint
        {
            Color = colour,
            IsAntialias = true,
            Style = SKPaintStyle.Stroke,
            StrokeWidth = dot * (bold ? 1.35f : 0.95f),
            StrokeCap = SKStrokeCap.Round,
            StrokeJoin = SKStrokeJoin.Round,
        };
        canvas.DrawPath(path, paint);
    }

    // A letter's dots are set at the centres of their cells.
    private static float Dot(float height) => height / Rows;

    private static void AddGlyph(SKPath path, ReadOnlySpan<byte> glyph, float left, float top, float dot)
    {
        for (int c = 0; c < Columns; c++)
        {
            for (int r = 0; r < Rows; r++)
            {
                if (!Lit(glyph, c, r))
                    continue;
                var from = new SKPoint(left + ((c + 0.5f) * dot), top + ((r + 0.5f) * dot));
                bool right = Lit(glyph, c + 1, r),
                    down = Lit(glyph, c, r + 1);
                bool lonely = !right && !down && !Lit(glyph, c - 1, r) && !Lit(glyph, c, r - 1);
                if (right)
                    Line(path, from, dot, 0);
                if (down)
                    Line(path, from, 0, dot);
                // A corner is not cut where it is already turned by a dot between.
                if (!right && !down && Lit(glyph, c + 1, r + 1))
                    Line(path, from, dot, dot);
                if (!right && !Lit(glyph, c, r - 1) && Lit(glyph, c + 1, r - 1))
                    Line(path, from, dot, -dot);
                // A stroke of no length is a dot, with round caps.
                if (lonely)
                    Line(path, from, 0.01f, 0);
            }
        }
    }

    private static void Line(SKPath path, SKPoint from, float dx, float dy)
    {
        path.MoveTo(from);
        path.LineTo(from.X + dx, from.Y + dy);
    }

    private static bool Lit(ReadOnlySpan<byte> glyph, int column, int row) =>
        column is >= 0 and < Columns && row is >= 0 and < Rows && (glyph[column] >> row & 1) == 1;
}
