using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;

namespace FasterSeg.Search.Networks;

/// <summary>
/// The width of every feature map in one pass. A map is named by its scale (0, 1, 2 for 1/8, 1/16, 1/32) and the layer it
/// comes out of; the kept and the came-down map of a scale share their width. -1 is the stem; the last layer has the head's width.
/// </summary>
public sealed class MapWidths
{
    private readonly SearchSpace space;
    private readonly Role role;
    private readonly MapWidth stem;
    private readonly MapWidth head;
    private readonly IReadOnlyList<IReadOnlyList<MapWidth>> rows;

    /// <summary>Widths from one list for each scale, as long as the gammas (<c>Rows</c>).</summary>
    public MapWidths(SearchSpace space, Role role, IReadOnlyList<IReadOnlyList<MapWidth>> rows)
    {
        stem = new MapWidth(IndexOf(space, space.StemRatio(role)));
        head = new MapWidth(IndexOf(space, space.HeadRatio(role)));
        (this.space, this.role) = (space, role);
        this.rows = rows;
    }

    /// <summary>Every map at one width, given by its place in the list of ratios.</summary>
    public static MapWidths All(SearchSpace space, Role role, int index) =>
        new(
            space,
            role,
            [.. SearchSpace.Scales.Select((_, scale) => Enumerable.Repeat(new MapWidth(index), MapRows.Count(space, scale)).ToArray())]
        );

    /// <summary>The width of the map that a layer gives at a scale.</summary>
    public MapWidth Of(int scale, int layer) =>
        layer < 0 ? stem
        : layer == space.Layers - 1 ? head
        : rows[scale][MapRows.Of(scale, layer)];

    /// <summary>The same widths without the scores that lead to gamma.</summary>
    public MapWidths WithoutScores() => new(space, role, [.. rows.Select(row => row.Select(width => new MapWidth(width.Index)).ToArray())]);

    private static int IndexOf(SearchSpace space, double ratio) => space.WidthRatios.ToList().IndexOf(ratio);
}
