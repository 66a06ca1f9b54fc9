using FasterSeg.Latency.Spaces;

namespace FasterSeg.Search.Data;

/// <summary>
/// Networks take sides that are multiples of 32; pictures have any. The picture is put in the upper left corner, the rest gets
/// the mean colour (0 after normalization), and the answer is cut back to the picture.
/// </summary>
/// <param name="Height">Rows of the picture.</param>
/// <param name="Width">Columns of the picture.</param>
/// <param name="PaddedHeight">Rows of the network's input.</param>
/// <param name="PaddedWidth">Columns of the network's input.</param>
public sealed record ImagePadding(int Height, int Width, int PaddedHeight, int PaddedWidth)
{
    /// <summary>To the next multiples of 32: 720 rows run as 736.</summary>
    public static ImagePadding ToMultiple(int height, int width) => new(height, width, RoundUp(height), RoundUp(width));

    /// <summary>A network's input: 3 x PaddedHeight x PaddedWidth, normalized.</summary>
    public float[] Normalize(RgbImage image)
    {
        float[] input = new float[Normalization.Channels * PaddedHeight * PaddedWidth];
        for (int channel = 0; channel < Normalization.Channels; channel++)
        {
            for (int r = 0; r < Height; r++)
            {
                Span<float> row = input.AsSpan((channel * PaddedHeight + r) * PaddedWidth, Width);
                for (int c = 0; c < Width; c++)
                    row[c] = Normalization.Normalize(image.Pixels[(r * Width + c) * 3 + channel], channel);
            }
        }
        return input;
    }

    /// <summary>The picture's part of an answer of the padded size (PaddedHeight x PaddedWidth classes).</summary>
    public LabelMap Crop(ReadOnlySpan<byte> classes)
    {
        byte[] cropped = new byte[Height * Width];
        for (int r = 0; r < Height; r++)
            classes.Slice(r * PaddedWidth, Width).CopyTo(cropped.AsSpan(r * Width));
        return new LabelMap(Height, Width, cropped);
    }

    private static int RoundUp(int side) => (side + SearchSpace.SideMultiple - 1) / SearchSpace.SideMultiple * SearchSpace.SideMultiple;
}
