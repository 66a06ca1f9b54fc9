namespace FasterSeg.Latency.Networks;

/// <summary>One line of a network's listing.</summary>
/// <param name="Part"><c>layer 3</c>, or the part's name.</param>
/// <param name="Scale">Its input map is 1/Scale of the image.</param>
/// <param name="Operator">What it computes, with its stride or factor where that is not 1.</param>
/// <param name="Channels">Channels in and out, e.g. <c>64-128</c>; of a concatenation, of its first input and its output.</param>
/// <param name="Branches">The branches that use it, e.g. <c>32s 16s</c>.</param>
public sealed record NetworkRow(string Part, int Scale, string Operator, string Channels, string Branches)
{
    /// <summary>The line as text, in columns.</summary>
    public override string ToString() => $"{Part, -18} 1/{Scale, -3} {Operator, -18} {Channels, -9} {Branches}";
}
