using FasterSeg.Latency.Spaces;

namespace FasterSeg.Latency.Networks;

/// <summary>Which row of gamma holds the width of a map: one for each map of a scale that a layer gives, the last layer's left out (paper,
/// Section 3.2).</summary>
public static class MapRows
{
    /// <summary>Rows of a scale (0, 1, 2 for 1/8, 1/16, 1/32): L - 1, L - 1 and L - 2.</summary>
    public static int Count(SearchSpace space, int scale) => scale == 2 ? space.Layers - 2 : space.Layers - 1;

    /// <summary>The row of the map that a layer gives at a scale.</summary>
    public static int Of(int scale, int layer) => scale == 2 ? layer - 1 : layer;
}
