using FasterSeg.Search.Data;

namespace FasterSeg.Search.Tests.Data;

/// <summary>What the released code's nearest-neighbour resize by 1/stride takes, and where a network of stride-2 convolutions has its
/// outputs.</summary>
internal static class EveryStrideth
{
    /// <summary>Every stride-th label of every stride-th row, beginning with the first.</summary>
    public static LabelMap DownSample(this LabelMap map, int stride)
    {
        int height = map.Height / stride,
            width = map.Width / stride;
        return new LabelMap(
            height,
            width,
            [.. Enumerable.Range(0, height * width).Select(i => map[i / width * stride, i % width * stride])]
        );
    }
}
