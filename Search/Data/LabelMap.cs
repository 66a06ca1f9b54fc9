namespace FasterSeg.Search.Data;

/// <summary>A class for each pixel, row by row: 0 to classes - 1, or <see cref="Ignore"/>.</summary>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
/// <param name="Classes">Height x Width bytes.</param>
public sealed record LabelMap(int Height, int Width, byte[] Classes)
{
    /// <summary>The label of a pixel that no loss and no metric counts.</summary>
    public const byte Ignore = 255;

    /// <summary>The class at a position.</summary>
    public byte this[int row, int column] => Classes[row * Width + column];

    /// <summary>The nearest label to the centre of each pixel of another size.</summary>
    public LabelMap Resize(int height, int width)
    {
        if (height == Height && width == Width)
            return this;
        int[] rows = Resampling.Nearest(Height, height),
            columns = Resampling.Nearest(Width, width);
        byte[] picked = new byte[rows.Length * columns.Length];
        for (int r = 0; r < rows.Length; r++)
        {
            ReadOnlySpan<byte> source = Classes.AsSpan(rows[r] * Width, Width);
            Span<byte> target = picked.AsSpan(r * columns.Length, columns.Length);
            for (int c = 0; c < columns.Length; c++)
                target[c] = source[columns[c]];
        }
        return new LabelMap(rows.Length, columns.Length, picked);
    }
}
