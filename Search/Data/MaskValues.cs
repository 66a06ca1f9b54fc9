using FasterSeg.Latency;

namespace FasterSeg.Search.Data;

/// <summary>
/// Which class the values of a mask mean, where values are indices, colours, or indices with colours. A colour that is a class's is taken
/// by its word; indices count where the colours say nothing of the classes, or the same.
/// </summary>
/// <param name="classes">The classes, in the order of their indices.</param>
/// <param name="encoding">What indices mean.</param>
/// <param name="ignoreColour">The colour (0xRRGGBB) of pixels that do not count; none if null.</param>
internal sealed class MaskValues(IReadOnlyList<SegmentationClass> classes, LabelEncoding encoding, int? ignoreColour)
{
    /// <summary>No colour at all.</summary>
    public const int NoColour = -1;

    /// <summary>A mask has no more different colours than this: those of 255 classes and one to ignore, or 256 greys.</summary>
    public const int MostColours = 256;

    private readonly Dictionary<int, byte> byColour = ByColour(classes, ignoreColour);

    /// <summary>A colour as one number.</summary>
    public static int Rgb(byte red, byte green, byte blue) => red << 16 | green << 8 | blue;

    /// <summary>
    /// The labels of the indices that a mask uses; null where an index means no class. An index in a class's colour is that class; the
    /// whole palette, and not only what the mask uses of it, decides whether one in nobody's colour may count by its number: so one index
    /// in one colour is the same in every mask.
    /// </summary>
    /// <param name="used">The indices.</param>
    /// <param name="palette">The colours of all indices; null where they have none.</param>
    /// <param name="path">For messages.</param>
    /// <exception cref="UserErrorException">
    /// Colours of the palette are classes', but of other ones than their indices, while colours that the mask uses are no class's.
    /// </exception>
    public byte?[] OfIndices(byte[] used, int[]? palette, string path)
    {
        byte?[] labels = new byte?[256];
        foreach (byte index in used)
            labels[index] = encoding.Decode(index);
        if (palette is null)
            return labels;
        var colours = new MaskPalette(palette, byColour, encoding);
        int odd = Array.FindIndex(used, colours.IsOdd) is >= 0 and int first ? used[first] : colours.Misplaced;
        foreach (byte index in used)
        {
            if (colours.LabelOf(index) is { } label)
                labels[index] = label;
            else if (odd >= 0 && labels[index] != LabelMap.Ignore)
                throw Contradiction(path, odd, palette[odd], index, byColour[palette[odd]]);
        }
        return labels;
    }

    /// <summary>
    /// A used index whose colour is nearly, and not quite, another class's; null where there is none. It counts by its number, and was
    /// perhaps not meant to.
    /// </summary>
    public string? Doubt(byte[] used, int[]? palette, string path)
    {
        if (palette is null)
            return null;
        var colours = new MaskPalette(palette, byColour, encoding);
        foreach (byte index in used)
        {
            if (colours.NearlyOf(index) is { } label)
                return $"'{path}' paints index {index} in {Text(palette[index])}, nearly the colour of class '{classes[label].Name}'";
        }
        return null;
    }

    /// <summary>The labels of the colours that a mask has: the classes' colours, or indices that were stored in three equal
    /// channels.</summary>
    /// <param name="used">The colours.</param>
    /// <param name="asIndices">Whether they are such indices.</param>
    /// <returns>Without those that mean no class.</returns>
    public Dictionary<int, byte> OfColours(IReadOnlyCollection<int> used, out bool asIndices)
    {
        asIndices =
            used.Any(colour => !byColour.ContainsKey(colour))
            && used.All(colour =>
                IsGrey(colour) && encoding.Decode((byte)colour) is { } label && byColour.GetValueOrDefault(colour, label) == label
            );
        return asIndices ? used.ToDictionary(colour => colour, colour => encoding.Decode((byte)colour)!.Value) : byColour;
    }

    /// <summary>What is wrong with an index.</summary>
    public UserErrorException NoClass(string path, byte value, string position)
    {
        string hint =
            encoding.IsChosen && value == encoding.ValueOf(classes.Count - 1) + 1
                ? $" Where masks count the classes from {encoding.ValueOf(0) + 1}, write "
                    + $"\"firstIndex\": {encoding.ValueOf(0) + 1} in classes.json."
            // Masks that count from 1 have 0 where nothing is labelled.
            : encoding.IsChosen && value < encoding.ValueOf(0)
                ? $" Where {value} stands for pixels without a label, write \"ignore\": {value} in classes.json."
            : "";
        return new(
            $"Mask '{path}' has class {value} at {position}, but there are {classes.Count} classes ({encoding}): add the class "
                + $"or correct the mask.{hint}"
        );
    }

    /// <summary>What is wrong with a colour.</summary>
    public UserErrorException NoClassHas(string path, int colour, bool transparent, string position) =>
        new(
            $"Mask '{path}' has colour {Text(colour)}{(transparent ? ", transparent," : "")} at {position}, which no class has: "
                + "add it to classes.json (as a class or as ignoreColor) or correct the mask."
        );

    private UserErrorException Contradiction(string path, int odd, int colour, byte silent, byte painted)
    {
        string means = painted == LabelMap.Ignore ? "of ignoreColor" : $"of class '{classes[painted].Name}'";
        return new(
            $"Mask '{path}' has a palette that contradicts the classes: index {odd} has the colour {Text(colour)} {means}, which "
                + "is not the class with that index, "
                + $"and index {silent} has a colour that no class has. Paint every index in "
                + "its class's colour, or save the mask as grey indices."
        );
    }

    private static Dictionary<int, byte> ByColour(IReadOnlyList<SegmentationClass> classes, int? ignoreColour)
    {
        var colours = new Dictionary<int, byte>();
        for (int i = 0; i < classes.Count; i++)
            colours[Rgb(classes[i].Red, classes[i].Green, classes[i].Blue)] = (byte)i;
        if (ignoreColour is int colour)
            colours[colour] = LabelMap.Ignore;
        return colours;
    }

    private static bool IsGrey(int colour) => (colour & 0xFF) == (colour >> 8 & 0xFF) && (colour & 0xFF) == colour >> 16;

    private static string Text(int colour) => $"({colour >> 16}, {colour >> 8 & 0xFF}, {colour & 0xFF})";
}
