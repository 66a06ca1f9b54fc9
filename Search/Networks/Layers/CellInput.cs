using static TorchSharp.torch;

namespace FasterSeg.Search.Networks.Layers;

/// <summary>
/// What a cell or an operator is applied to: one map, or two of one size that each go through it on their own. Two lie behind one another
/// along the batch, so that a convolution reads its kernel once for both; a batch norm takes the statistics of each by itself.
/// </summary>
public sealed class CellInput : IDisposable
{
    private readonly bool owned;
    private readonly Dictionary<(long, long), Tensor> resized = [];

    /// <summary>One map or two.</summary>
    /// <param name="maps">Each [N, C, H, W].</param>
    public CellInput(params IReadOnlyList<Tensor> maps)
    {
        Count = maps.Count;
        owned = maps.Count > 1;
        Joined = owned ? cat([.. maps], 0) : maps[0];
    }

    /// <summary>How many maps there are.</summary>
    public int Count { get; }

    /// <summary>All maps, [Count * N, C, H, W].</summary>
    public Tensor Joined { get; }

    /// <summary>All maps in another size; operators that ask for the same one share it.</summary>
    public Tensor Resized(long height, long width)
    {
        if (!resized.TryGetValue((height, width), out Tensor? small))
            resized[(height, width)] = small = Bilinear.Resize(Joined, height, width);
        return small;
    }

    /// <summary>Lets go of what it made. What a backward pass needs of it, torch keeps.</summary>
    public void Dispose()
    {
        if (owned)
            Joined.Dispose();
        foreach (Tensor small in resized.Values)
            small.Dispose();
    }
}
