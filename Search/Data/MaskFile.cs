using FasterSeg.Latency;

namespace FasterSeg.Search.Data;

/// <summary>
/// Label images: 8-bit grey PNG, whose values are class indices; RGB PNG, whose colours are the classes'; or palette PNG, which
/// <see cref="MaskValues"/> reads by its colours where they are the classes', and by its indices where they are not.
/// </summary>
/// <param name="classes">The classes, in the order of their indices.</param>
/// <param name="encoding">What the values of grey and palette masks mean.</param>
/// <param name="ignoreColour">The colour (0xRRGGBB) that means the same in RGB masks; none if null.</param>
internal sealed class MaskFile(IReadOnlyList<SegmentationClass> classes, LabelEncoding encoding, int? ignoreColour = null)
{
    private readonly MaskValues values = new(classes, encoding, ignoreColour);

    /// <summary>Decodes a label image exactly.</summary>
    /// <exception cref="UserErrorException">The file is unusable or holds a value that is no class; the message says where.</exception>
    public LabelMap Read(string path) => Decode(path, out _, out _);

    /// <summary>Counts the pixels of a label image.</summary>
    /// <exception cref="UserErrorException">The file is unusable or holds a value that is no class; the message says where.</exception>
    public LabelCount Count(string path)
    {
        Decode(path, out Png png, out LabelCount count);
        // Asked here alone: a training reads the same masks again and again.
        return png.Palette is null ? count : count with { Doubt = values.Doubt([.. png.Samples.Distinct().Order()], png.Palette, path) };
    }

    private LabelMap Decode(string path, out Png png, out LabelCount count)
    {
        png = Png.Read(path);
        long[] counts = new long[classes.Count];
        var ignored = new Dictionary<int, long>();
        byte[] labels = png.Channels switch
        {
            1 => FromIndices(png, path, Add),
            3 or 4 => FromColours(png, path, Add),
            _ => throw new UserErrorException($"Mask '{path}' is grey with transparency; save it as 8-bit grey, palette or RGB PNG."),
        };
        count = new LabelCount(png.Height, png.Width, counts, ignored);
        return new LabelMap(png.Height, png.Width, labels);

        void Add(byte label, int value, long pixels)
        {
            if (label == LabelMap.Ignore)
                ignored[value] = ignored.GetValueOrDefault(value) + pixels;
            else
                counts[label] += pixels;
        }
    }

    private byte[] FromIndices(Png png, string path, Action<byte, int, long> add)
    {
        long[] pixels = new long[256];
        foreach (byte value in png.Samples)
            pixels[value]++;
        byte[] used = [.. Enumerable.Range(0, 256).Where(value => pixels[value] > 0).Select(value => (byte)value)];
        byte?[] labels = values.OfIndices(used, png.Palette, path);
        foreach (byte value in used)
        {
            byte label = labels[value] ?? throw values.NoClass(path, value, Position(Array.IndexOf(png.Samples, value), png));
            add(label, value, pixels[value]);
        }
        return Array.ConvertAll(png.Samples, value => labels[value]!.Value);
    }

    private byte[] FromColours(Png png, string path, Action<byte, int, long> add)
    {
        Dictionary<int, long> pixels = Colours(png);
        Dictionary<int, byte> labels = values.OfColours(pixels.Keys, out bool asIndices);
        byte[] decoded = new byte[png.Height * png.Width];
        (int colour, byte label) = (MaskValues.NoColour, 0);
        for (int i = 0; i < decoded.Length; i++)
        {
            int next = At(png, i);
            if (next != colour && !labels.TryGetValue(colour = next, out label))
                throw values.NoClassHas(path, colour, png.Channels == 4 && png.Samples[(i * 4) + 3] == 0, Position(i, png));
            decoded[i] = label;
        }
        foreach (var (used, count) in pixels)
            add(labels[used], asIndices ? used & 0xFF : LabelCount.ByColour, count);
        return decoded;
    }

    /// <summary>The colours that a mask has, with their pixels; no more than tell that it is a photograph.</summary>
    private static Dictionary<int, long> Colours(Png png)
    {
        var pixels = new Dictionary<int, long>();
        int total = png.Height * png.Width,
            from = 0;
        for (int i = 1; i <= total; i++)
        {
            int colour = At(png, from);
            if (i < total && At(png, i) == colour)
                continue;
            pixels[colour] = pixels.GetValueOrDefault(colour) + i - from;
            if (pixels.Count > MaskValues.MostColours)
                break;
            from = i;
        }
        return pixels;
    }

    private static int At(Png png, int i)
    {
        ReadOnlySpan<byte> pixel = png.Samples.AsSpan(i * png.Channels, 3);
        return MaskValues.Rgb(pixel[0], pixel[1], pixel[2]);
    }

    private static string Position(int i, Png png) => $"row {i / png.Width}, column {i % png.Width}";
}
