using System.Globalization;
using FasterSeg.Latency.Spaces;

namespace FasterSeg.Latency.Networks;

/// <summary>A network that a search came to, as plain data: two branches that share their first layers and are fused at 1/8.</summary>
/// <param name="Role">Teacher or student.</param>
/// <param name="Fch">Channels at scale s with ratio 1 are Fch * s.</param>
/// <param name="Classes">Number of classes.</param>
/// <param name="StemRatio">Width ratio of the stem's maps.</param>
/// <param name="HeadRatio">Width ratio of each branch's last map, of the refinements and of the head.</param>
/// <param name="Deep">The branch that ends at 1/32.</param>
/// <param name="Shallow">The branch that ends at 1/16 or 1/8.</param>
public sealed record DerivedArchitecture(
    Role Role,
    int Fch,
    int Classes,
    double StemRatio,
    double HeadRatio,
    BranchArchitecture Deep,
    BranchArchitecture Shallow
)
{
    /// <summary>Both branches; a branch's number is its place here (and in the names of published checkpoints).</summary>
    public IReadOnlyList<BranchArchitecture> Branches => [Deep, Shallow];

    /// <summary>The scales at which they end, as people and files name the pair: <c>32+16</c> or <c>32+8</c>.</summary>
    public string Pair => string.Create(CultureInfo.InvariantCulture, $"{Deep.LastScale}+{Shallow.LastScale}");

    /// <summary>
    /// Number of leading layers that both branches have in common: their operator, output width and next scale agree. A
    /// branch's last layer is its own.
    /// </summary>
    public int SharedLayers
    {
        get
        {
            int layer = 0;
            while (
                layer + 1 < Math.Min(Deep.Layers, Shallow.Layers)
                && Deep.Operators[layer] == Shallow.Operators[layer]
                && Deep.Widths[layer] == Shallow.Widths[layer]
                && Deep.Path[layer + 1] == Shallow.Path[layer + 1]
            )
            {
                layer++;
            }
            return layer;
        }
    }

    /// <summary>Channels of a map at 1/<paramref name="scale"/> with a width ratio.</summary>
    public int Channels(int scale, double ratio) => SearchSpace.Channels(Fch, scale, ratio);

    /// <summary>Width ratio of the map that a layer of a branch gives.</summary>
    public double OutputRatio(BranchArchitecture branch, int layer) => layer == branch.Layers - 1 ? HeadRatio : branch.Widths[layer];

    /// <summary>This architecture, or an exception that names every fault.</summary>
    /// <exception cref="UserErrorException">It is no network.</exception>
    public DerivedArchitecture Validated()
    {
        string[] faults = [.. Faults()];
        return faults.Length == 0 ? this : throw new UserErrorException(string.Join(" ", faults));
    }

    /// <summary>E.g. <c>student 32s+16s, 10 and 9 layers, 3 shared</c>.</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{(Role == Role.Teacher ? "teacher" : "student")} {Deep.LastScale}s+{Shallow.LastScale}s, {Deep.Layers} and "
                + $"{Shallow.Layers} layers, {SharedLayers} shared"
        );

    private IEnumerable<string> Faults()
    {
        if (Fch is < 1 or > 256)
            yield return string.Create(CultureInfo.InvariantCulture, $"Fch {Fch} is out of range: use 1 to 256.");
        if (Classes is < 2 or > 255)
            yield return string.Create(CultureInfo.InvariantCulture, $"{Classes} classes are out of range: use 2 to 255.");
        foreach ((string name, double ratio) in new[] { ("stem", StemRatio), ("head", HeadRatio) })
        {
            if (ratio is not (> 0 and <= 1))
                yield return string.Create(CultureInfo.InvariantCulture, $"The {name} ratio {ratio} is outside (0, 1].");
        }
        foreach (string fault in Deep.Faults("deep", 2).Concat(Shallow.Faults("shallow", 0, 1)))
            yield return fault;
    }
}
