using FasterSeg.Operators;

namespace FasterSeg.Search.Client.Data;

/// <summary>
/// Label images: 8-bit grey or palette PNG, whose values are class indices, or RGB PNG, whose colours are the classes'.
/// </summary>
/// <param name="classes">The classes, in the order of their indices.</param>
/// <param name="encoding">What the values of grey and palette masks mean.</param>
/// <param name="ignoreColour">The colour (0xRRGGBB) that means the same in RGB masks; none if null.</param>
internal sealed class MaskFile(IReadOnlyList<SegmentationClass> classes, LabelEncoding encoding, int? ignoreColour = null)
{
    private const int Unknown = -1;
    private readonly Dictionary<int, byte> colours = ByColour(classes, ignoreColour);

    /// <summary>Decodes a label image exactly.</summary>
    /// <exception cref="UserErrorException">The file is unusable or holds a value that is no class; the message says where.</exception>
    public LabelMap Read(string path)
    {
        Png png = Png.Read(path);
        return new LabelMap(png.Height, png.Width, png.Channels switch
        {
            1 => FromIndices(png, path),
            3 or 4 => FromColours(png, path),
            _ => throw new UserErrorException($"Mask '{path}' is grey with transparency; save it as 8-bit grey, palette or RGB PNG."),
        });
    }

    private byte[] FromIndices(Png png, string path)
    {
        byte[] labels = new byte[png.Samples.Length];
        for (int i = 0; i < labels.Length; i++)
        {
            labels[i] = encoding.Decode(png.Samples[i]) ?? throw new UserErrorException(
                $"Mask '{path}' has class {png.Samples[i]} at {Position(i, png)}, but there are {classes.Count} classes ({encoding}): add the class or correct the mask.");
        }
        return labels;
    }

    private byte[] FromColours(Png png, string path)
    {
        byte[] labels = new byte[png.Height * png.Width];
        int colour = Unknown;
        byte label = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            ReadOnlySpan<byte> pixel = png.Samples.AsSpan(i * png.Channels, 3);
            int next = Rgb(pixel[0], pixel[1], pixel[2]);
            if (next != colour && !colours.TryGetValue(colour = next, out label))
                throw new UserErrorException($"Mask '{path}' has colour ({pixel[0]}, {pixel[1]}, {pixel[2]}) at {Position(i, png)}, which no class has: add it to classes.json (as a class or as ignoreColor) or correct the mask.");
            labels[i] = label;
        }
        return labels;
    }

    private static Dictionary<int, byte> ByColour(IReadOnlyList<SegmentationClass> classes, int? ignoreColour)
    {
        var colours = new Dictionary<int, byte>();
        for (int i = 0; i < classes.Count; i++) colours[Rgb(classes[i].Red, classes[i].Green, classes[i].Blue)] = (byte)i;
        if (ignoreColour is int colour) colours[colour] = LabelMap.Ignore;
        return colours;
    }

    private static int Rgb(byte red, byte green, byte blue) => red << 16 | green << 8 | blue;

    private static string Position(int i, Png png) => $"row {i / png.Width}, column {i % png.Width}";
}
