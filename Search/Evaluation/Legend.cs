using FasterSeg.Search.Data;

namespace FasterSeg.Search.Evaluation;

/// <summary>Classes' colours with their names, in as many lines as they need. It takes the width that it is given: where names do not fit
/// into a small picture, their letters become smaller.</summary>
internal sealed class Legend
{
    /// <summary>Height of its capitals, and of a swatch, where there is room.</summary>
    public const int TextHeight = 14;

    // Of capitals. Smaller ones cannot be read; what does not fit is cut off then.
    private const int SmallestText = 7;

    // Pictures from here on are no small ones: a name that is too long for them is cut off.
    private const int WideEnough = 300;

    private readonly IReadOnlyList<Item> items;
    private readonly int text;

    private Legend(IReadOnlyList<SegmentationClass> classes, int width, int text)
    {
        (this.text, int margin) = (text, MarginOf(text));
        var placed = new Item[classes.Count];
        (int row, int column) = (margin, margin);
        for (int i = 0; i < placed.Length; i++)
        {
            int wide = Wide(classes[i].Name, text);
            if (column > margin && column + wide > width)
                (row, column) = (row + text + margin, margin);
            placed[i] = new Item(classes[i], row, column);
            column += wide + (2 * margin);
        }
        (items, Height) = (placed, placed.Length == 0 ? 0 : row + text + margin);
    }

    // A class and where its swatch begins, from the legend's corner.
    private readonly record struct Item(SegmentationClass Class, int Row, int Column);

    /// <summary>Rows that it takes.</summary>
    public int Height { get; }

    /// <summary>Sets classes in lines of a width, in pixels.</summary>
    public static Legend Of(IReadOnlyList<SegmentationClass> classes, int width)
    {
        int text = TextHeight;
        while (width < WideEnough && text > SmallestText && classes.Any(one => MarginOf(text) + Wide(one.Name, text) > width))
            text--;
        return new Legend(classes, width, text);
    }

    /// <summary>Draws it below a row of a picture.</summary>
    public void Draw(RgbImage picture, int top)
    {
        foreach (Item item in items)
        {
            for (int r = 0; r < text; r++)
            {
                for (int c = 0; c < text && item.Column + c < picture.Width; c++)
                {
                    Span<byte> pixel = picture[top + item.Row + r, item.Column + c];
                    (pixel[0], pixel[1], pixel[2]) = (item.Class.Red, item.Class.Green, item.Class.Blue);
                }
            }
            Lettering.Write(picture, top + item.Row, item.Column + text + MarginOf(text), text, item.Class.Name);
        }
    }

    private static int MarginOf(int text) => text * 4 / 7;

    private static int Wide(string name, int text) => text + MarginOf(text) + (int)MathF.Ceiling(Lettering.Width(name, text));
}
