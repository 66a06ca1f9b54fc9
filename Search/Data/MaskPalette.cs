namespace FasterSeg.Search.Data;

/// <summary>What the palette of a mask says of the classes.</summary>
internal sealed class MaskPalette
{
    /// <summary>A colour that differs in no channel by more than this is nearly another one: as programs that round or convert leave
    /// it.</summary>
    private const int Near = 8;

    private readonly int[] palette;
    private readonly Dictionary<int, byte> byColour;
    private readonly LabelEncoding encoding;
    private readonly bool[] filler;
    private readonly bool isGrey,
        isVoc;

    /// <param name="palette">The colour of each index, 0xRRGGBB.</param>
    /// <param name="byColour">The class, or <see cref="LabelMap.Ignore"/>, that a colour means.</param>
    /// <param name="encoding">What indices mean.</param>
    public MaskPalette(int[] palette, Dictionary<int, byte> byColour, LabelEncoding encoding)
    {
        (this.palette, this.byColour, this.encoding) = (palette, byColour, encoding);
        filler = Filler(palette);
        int[] meant = [.. Enumerable.Range(0, palette.Length).Where(i => !filler[i])];
        (isGrey, isVoc) = (meant.All(i => palette[i] == Grey(i)), meant.All(i => palette[i] == Voc(i)));
        Misplaced = meant.FirstOrDefault(IsMisplaced, -1);
    }

    /// <summary>
    /// An index in the colour of a class that is another index's, where that one has another colour; -1 where there is none. Then indices
    /// do not number the classes. Palettes that are the same whatever the classes are say little: greys nothing, VOC's nothing by colours
    /// beyond the classes' indices.
    /// </summary>
    public int Misplaced { get; }

    /// <summary>
    /// The class that an index means by its colour; null where the colour says nothing: nobody's, or that of an index to ignore which only
    /// fills the palette up.
    /// </summary>
    public byte? LabelOf(byte index) =>
        index < palette.Length
        && byColour.TryGetValue(palette[index], out byte label)
        && !(filler[index] && encoding.Decode(index) == LabelMap.Ignore)
            ? label
            : null;

    /// <summary>Whether an index means another class by its colour than by its number.</summary>
    public bool IsOdd(byte index) =>
        LabelOf(index) is { } label && encoding.Decode(index) is var number && number != LabelMap.Ignore && number != label;

    /// <summary>The class whose colour an index in nobody's colour nearly has, unless it is its own or the palette is a general
    /// one.</summary>
    public byte? NearlyOf(byte index)
    {
        if (
            isGrey
            || isVoc
            || index >= palette.Length
            || filler[index]
            || byColour.ContainsKey(palette[index])
            || encoding.Decode(index) is not { } own
            || own == LabelMap.Ignore
        )
            return null;
        var nearest = byColour
            .Where(each => each.Value != LabelMap.Ignore)
            .Select(each => (each.Value, Distance: Distance(each.Key, palette[index])))
            .MinBy(each => each.Distance);
        return nearest.Distance <= Near && nearest.Value != own ? nearest.Value : null;
    }

    private bool IsMisplaced(int index)
    {
        if (isGrey || isVoc && encoding.Decode((byte)index) is null or LabelMap.Ignore)
            return false;
        if (!byColour.TryGetValue(palette[index], out byte label) || label == LabelMap.Ignore || encoding.Decode((byte)index) == label)
            return false;
        int own = encoding.ValueOf(label);
        return own >= palette.Length || palette[own] != palette[index];
    }

    /// <summary>Programs fill palettes up with one colour, often black: what has the same colour up to the end, or in a long run before
    /// it.</summary>
    private static bool[] Filler(int[] palette)
    {
        const int Long = 4;
        var filler = new bool[palette.Length];
        for (int first = 0, end; first < palette.Length; first = end)
        {
            for (end = first + 1; end < palette.Length && palette[end] == palette[first]; )
                end++;
            if (end - first >= Long || (end == palette.Length && end - first > 1))
                filler.AsSpan(first, end - first).Fill(true);
        }
        return filler;
    }

    private static int Distance(int one, int other) =>
        new[] { 16, 8, 0 }.Max(shift => Math.Abs((one >> shift & 0xFF) - (other >> shift & 0xFF)));

    private static int Grey(int index) => index << 16 | index << 8 | index;

    /// <summary>Pascal VOC's colour of an index, which annotation programs use whatever the classes are: its bits, dealt to the channels in
    /// turn.</summary>
    private static int Voc(int index)
    {
        int colour = 0;
        for (int bit = 0; bit < 8; bit++)
        {
            if ((index >> bit & 1) != 0)
                colour |= 1 << (16 - 8 * (bit % 3) + 7 - bit / 3);
        }
        return colour;
    }
}
