using System.Globalization;
using FasterSeg.Latency.Spaces;

namespace FasterSeg.Latency.Networks;

/// <summary>One branch of a derived network: the layers that were not pruned.</summary>
/// <param name="Operators">The operator of each layer; none is a skip.</param>
/// <param name="Path">The scale of each layer's input map: 0, 1, 2 for 1/8, 1/16, 1/32. A layer has stride 2 where the next one's scale is
/// coarser.</param>
/// <param name="Widths">The width ratio of each map between two layers; the last layer's map has the network's head ratio.</param>
public sealed record BranchArchitecture(IReadOnlyList<OperatorKind> Operators, IReadOnlyList<int> Path, IReadOnlyList<double> Widths)
{
    /// <summary>Number of layers.</summary>
    public int Layers => Operators.Count;

    /// <summary>The scale at which the branch ends: 8, 16 or 32.</summary>
    public int LastScale => SearchSpace.Scales[Path[^1]];

    /// <summary>2 where the layer's map goes to the next scale, else 1; the last layer has stride 1.</summary>
    public int Stride(int layer) => layer + 1 < Layers && Path[layer + 1] > Path[layer] ? 2 : 1;

    /// <summary>Branches are equal where every layer is.</summary>
    public bool Equals(BranchArchitecture? other) =>
        other is not null
        && Operators.SequenceEqual(other.Operators)
        && Path.SequenceEqual(other.Path)
        && Widths.SequenceEqual(other.Widths);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (OperatorKind kind in Operators)
            hash.Add(kind);
        foreach (int scale in Path)
            hash.Add(scale);
        foreach (double width in Widths)
            hash.Add(width);
        return hash.ToHashCode();
    }

    /// <summary>What is wrong with the branch, in sentences.</summary>
    /// <param name="name">Its name in them.</param>
    /// <param name="ends">The scale indices at which it may end.</param>
    internal IEnumerable<string> Faults(string name, params int[] ends)
    {
        if (Layers == 0 || Path.Count != Layers || Widths.Count != Layers - 1)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"The {name} branch has {Layers} operators, {Path.Count} path entries and {Widths.Count} widths: it needs one "
                    + $"path entry for each operator and one width fewer."
            );
            yield break;
        }
        for (int layer = 0; layer < Layers; layer++)
        {
            if (Operators[layer] is < OperatorKind.Conv or > OperatorKind.ZoomedConv2x)
                yield return $"Layer {layer} of the {name} branch is '{Operators[layer]}': a derived "
                    + "network has conv, zoomed_conv, conv_2x and zoomed_conv_2x.";
            int before = layer == 0 ? 0 : Path[layer - 1];
            if (Path[layer] < before || Path[layer] > before + (layer == 0 ? 0 : 1))
                yield return $"Layer {layer} of the {name} branch is at scale index {Path[layer]} after {before}: "
                    + "a path begins at 0 and goes down by at most one at a time.";
        }
        if (!ends.Contains(Path[^1]))
            yield return $"The {name} branch ends at scale index {Path[^1]}: it must end at {string.Join(" or ", ends)}.";
        foreach (double width in Widths.Where(width => width is not (> 0 and <= 1)))
            yield return string.Create(CultureInfo.InvariantCulture, $"Width ratio {width} of the {name} branch is outside (0, 1].");
    }
}
