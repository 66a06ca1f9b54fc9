using FasterSeg.Search.Data;

namespace FasterSeg.Search.Evaluation;

/// <summary>Classes' colours with their names, in as many lines as they need.</summary>
internal static class Legend
{
    /// <summary>Height of its capitals, and of a swatch.</summary>
    public const int TextHeight = 14;

    private const int Margin = 8;
    private const int LineStep = TextHeight + Margin;

    /// <summary>A class and where its swatch begins, from the legend's corner.</summary>
    public readonly record struct Item(SegmentationClass Class, int Row, int Column);

    /// <summary>Sets classes in lines of a width, in pixels.</summary>
    public static Item[] Place(IReadOnlyList<SegmentationClass> classes, int width, out int height)
    {
        var items = new Item[classes.Count];
        (int row, int column) = (Margin, Margin);
        for (int i = 0; i < items.Length; i++)
        {
            int wide = TextHeight + Margin + (int)MathF.Ceiling(Lettering.Width(classes[i].Name, TextHeight));
            if (column > Margin && column + wide > width)
                (row, column) = (row + LineStep, Margin);
            items[i] = new Item(classes[i], row, column);
            column += wide + 2 * Margin;
        }
        height = items.Length == 0 ? 0 : row + LineStep;
        return items;
    }

    /// <summary>Draws placed classes below a row of a picture.</summary>
    public static void Draw(RgbImage picture, int top, ReadOnlySpan<Item> items)
    {
        foreach (Item item in items)
        {
            for (int r = 0; r < TextHeight; r++)
            {
                for (int c = 0; c < TextHeight && item.Column + c < picture.Width; c++)
                {
                    Span<byte> pixel = picture[top + item.Row + r, item.Column + c];
                    (pixel[0], pixel[1], pixel[2]) = (item.Class.Red, item.Class.Green, item.Class.Blue);
                }
            }
            Lettering.Write(picture, top + item.Row, item.Column + TextHeight + Margin, TextHeight, item.Class.Name);
        }
    }
}
