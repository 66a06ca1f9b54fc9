namespace FasterSeg.Search.Data;

/// <summary>A decoded picture: 8-bit red, green, blue, row by row.</summary>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
/// <param name="Pixels">Height x Width x 3 bytes.</param>
public sealed record RgbImage(int Height, int Width, byte[] Pixels)
{
    /// <summary>A black picture.</summary>
    public RgbImage(int height, int width)
        : this(height, width, new byte[checked(height * width * 3)]) { }

    /// <summary>The three bytes at a position.</summary>
    public Span<byte> this[int row, int column] => Pixels.AsSpan((row * Width + column) * 3, 3);

    /// <summary>This picture at another size: bilinear where it grows, averaged over the area where it shrinks.</summary>
    public RgbImage Resize(int height, int width)
    {
        if (height == Height && width == Width)
            return this;
        return Rounded(height, width, Resampling.Resample(this, Resampling.Axis(Height, height), Resampling.Axis(Width, width)));
    }

    /// <summary>A picture of values in 0 to 255, each rounded.</summary>
    internal static RgbImage Rounded(int height, int width, float[] values) =>
        new(height, width, Array.ConvertAll(values, v => (byte)Math.Clamp(v + 0.5f, 0, 255)));
}
