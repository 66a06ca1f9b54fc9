using static TorchSharp.torch;

namespace FasterSeg.Search.Client.Latency;

/// <summary>Expected latency up to the last layer's map at 1/8, 1/16 and 1/32; scalars in ms, stem included in each.</summary>
public sealed record ExpectedLatency(Tensor Scale8, Tensor Scale16, Tensor Scale32)
{
    /// <summary>The regularizer's value: the sum over the three.</summary>
    public Tensor Sum => Scale8 + Scale16 + Scale32;
}
