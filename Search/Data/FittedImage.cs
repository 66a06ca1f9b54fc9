using FasterSeg.Search.Configuration;

namespace FasterSeg.Search.Data;

/// <summary>
/// How a picture of one size comes to a network's input of another, and the network's answer back to the picture's size. Pictures are
/// resampled by <see cref="Resampling"/>, labels take the nearest pixel, and a network's maps are looked up between their values where
/// the picture's pixels lie.
/// </summary>
/// <param name="Rows">From the picture's rows to the input's.</param>
/// <param name="Columns">From the picture's columns to the input's.</param>
public sealed record FittedImage(FittedSide Rows, FittedSide Columns)
{
    /// <summary>Brings a picture to a size.</summary>
    /// <param name="height">The picture's rows.</param>
    /// <param name="width">The picture's columns.</param>
    /// <param name="inputHeight">The input's rows.</param>
    /// <param name="inputWidth">The input's columns.</param>
    /// <param name="fit">How.</param>
    public static FittedImage Of(int height, int width, int inputHeight, int inputWidth, ImageFit fit)
    {
        bool byHeight = (long)inputHeight * width <= (long)inputWidth * height;
        return fit switch
        {
            ImageFit.Resize => Sides(inputHeight, inputWidth),
            ImageFit.Pad when byHeight => Sides(inputHeight, Math.Min(inputWidth, Scaled(width, inputHeight, height))),
            ImageFit.Pad => Sides(Math.Min(inputHeight, Scaled(height, inputWidth, width)), inputWidth),
            ImageFit.Crop when byHeight => Sides(Math.Max(inputHeight, Scaled(height, inputWidth, width)), inputWidth),
            ImageFit.Crop => Sides(inputHeight, Math.Max(inputWidth, Scaled(width, inputHeight, height))),
            ImageFit.Own => Shrunk(Math.Min(1, Math.Min((double)inputHeight / height, (double)inputWidth / width))),
            _ => throw new ArgumentOutOfRangeException(nameof(fit), fit, "No such way to fit a picture."),
        };

        FittedImage Shrunk(double scale) => Sides(Math.Max(1, (int)(height * scale)), Math.Max(1, (int)(width * scale)));

        FittedImage Sides(int rows, int columns) => new(Side(height, rows, inputHeight), Side(width, columns, inputWidth));
    }

    /// <summary>Leaves a picture at its own size; padding fills its sides up to the next multiples of 32.</summary>
    public static FittedImage AsIs(int height, int width)
    {
        ImagePadding padding = ImagePadding.ToMultiple(height, width);
        return new(new(height, height, 0, height, padding.PaddedHeight), new(width, width, 0, width, padding.PaddedWidth));
    }

    /// <summary>Whether the picture stays as it is, but for padding.</summary>
    public bool IsWhole => IsKept(Rows) && IsKept(Columns);

    /// <summary>What is seen of the picture, in the upper left corner of the input.</summary>
    public ImagePadding Padding => new(Rows.Seen, Columns.Seen, Rows.Input, Columns.Input);

    /// <summary>What the network sees of a picture: Rows.Seen x Columns.Seen pixels.</summary>
    public RgbImage Take(RgbImage image)
    {
        if (IsWhole)
            return image;
        float[] values = Resampling.Resample(
            image,
            Resampling.Axis(Rows.Picture, Rows.Scaled, Rows.ScaledPixels),
            Resampling.Axis(Columns.Picture, Columns.Scaled, Columns.ScaledPixels)
        );
        return RgbImage.Rounded(Rows.Seen, Columns.Seen, values);
    }

    /// <summary>The labels of that.</summary>
    public LabelMap Take(LabelMap label)
    {
        if (IsWhole)
            return label;
        int[] rows = Nearest(Rows),
            columns = Nearest(Columns);
        byte[] taken = new byte[rows.Length * columns.Length];
        for (int i = 0; i < taken.Length; i++)
            taken[i] = label[rows[i / columns.Length], columns[i % columns.Length]];
        return new LabelMap(rows.Length, columns.Length, taken);
    }

    /// <summary>A label of the picture's size, with <see cref="LabelMap.Ignore"/> where the network sees nothing.</summary>
    public LabelMap Seen(LabelMap label)
    {
        if (Rows.Scaled == Rows.Seen && Columns.Scaled == Columns.Seen)
            return label;
        bool[] rows = [.. Enumerable.Range(0, Rows.Picture).Select(Rows.Sees)],
            columns = [.. Enumerable.Range(0, Columns.Picture).Select(Columns.Sees)];
        byte[] seen = [.. label.Classes.Select((value, i) => rows[i / label.Width] && columns[i % label.Width] ? value : LabelMap.Ignore)];
        return label with { Classes = seen };
    }

    private static bool IsKept(FittedSide side) => side.Picture == side.Scaled && side.Scaled == side.Seen;

    private static int[] Nearest(FittedSide side) =>
        Array.ConvertAll(side.ScaledPixels, i => Resampling.Nearest(i, side.Picture, side.Scaled));

    private static FittedSide Side(int picture, int scaled, int input) =>
        new(picture, scaled, Math.Max(0, scaled - input) / 2, Math.Min(scaled, input), input);

    /// <summary>A side that is scaled as another one is.</summary>
    private static int Scaled(int side, int to, int from) => Math.Max(1, (int)Math.Round((double)side * to / from));
}
