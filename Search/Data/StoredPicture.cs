using SkiaSharp;

namespace FasterSeg.Search.Data;

/// <summary>A picture as the camera stored it, with its note of how to turn it (EXIF orientation).</summary>
/// <param name="Height">Stored rows.</param>
/// <param name="Width">Stored columns.</param>
/// <param name="Origin">Which corner of the upright picture is stored first; its number is EXIF's.</param>
/// <param name="Rgba">Height x Width x 4 bytes; empty where only the header was read.</param>
internal sealed record StoredPicture(int Height, int Width, SKEncodedOrigin Origin, byte[] Rgba)
{
    /// <summary>Rows and columns when turned upright.</summary>
    public (int Height, int Width) UprightSize => Origin >= SKEncodedOrigin.LeftTop ? (Width, Height) : (Height, Width);

    /// <summary>Whether it is to be turned at all.</summary>
    public bool IsTurned => Origin != SKEncodedOrigin.TopLeft;

    /// <summary>The picture as it is meant to be seen.</summary>
    public RgbImage Upright() => Turned(Origin);

    /// <summary>The picture as it is stored.</summary>
    public RgbImage AsStored() => Turned(SKEncodedOrigin.TopLeft);

    private RgbImage Turned(SKEncodedOrigin origin)
    {
        // Where the upright picture's first pixel is stored, and how far it is to the next one down and to the right.
        int last = Height * Width - 1,
            bottom = (Height - 1) * Width,
            right = Width - 1;
        (int start, int down, int across) = origin switch
        {
            SKEncodedOrigin.TopRight => (right, Width, -1),
            SKEncodedOrigin.BottomRight => (last, -Width, -1),
            SKEncodedOrigin.BottomLeft => (bottom, -Width, 1),
            SKEncodedOrigin.LeftTop => (0, 1, Width),
            SKEncodedOrigin.RightTop => (bottom, 1, -Width),
            SKEncodedOrigin.RightBottom => (last, -1, -Width),
            SKEncodedOrigin.LeftBottom => (right, -1, Width),
            _ => (0, Width, 1),
        };
        var image = origin >= SKEncodedOrigin.LeftTop ? new RgbImage(Width, Height) : new RgbImage(Height, Width);
        for (int r = 0; r < image.Height; r++)
        {
            for (int c = 0; c < image.Width; c++)
                Rgba.AsSpan((start + r * down + c * across) * 4, 3).CopyTo(image[r, c]);
        }
        return image;
    }
}
