using FasterSeg.Latency.Spaces;
using FasterSeg.Onnx;

namespace FasterSeg.Search.Export;

/// <summary>What an exported file takes and gives.</summary>
public sealed record ExportForm
{
    /// <summary>Least rows and columns of an input that is left open: on a smaller one a zoomed operator could not halve its map, which a
    /// graph with open sides does not know beforehand.</summary>
    public const int LeastOpenSide = 2 * SearchSpace.SideMultiple;

    /// <summary>Most pictures in a batch.</summary>
    public const int MostPictures = 1024;

    /// <summary>Normalized float32 [1, 3, H, W] in, logits out.</summary>
    public static ExportForm Plain { get; } = new();

    /// <summary>End in <c>classes</c>, [N, H, W], int64, instead of logits; at 1/8 of the size unless the plan is full.</summary>
    public bool Argmax { get; init; }

    /// <summary>Take the picture's own bytes (uint8) in this order, and normalize them in the graph; null takes normalized
    /// values.</summary>
    public PictureLayout? Bytes { get; init; }

    /// <summary>Pictures in a batch; where that is left open, those of the example that shapes are computed from.</summary>
    public int Batch { get; init; } = 1;

    /// <summary>What is left open to whoever runs it.</summary>
    public DynamicAxes Open { get; init; }
}
