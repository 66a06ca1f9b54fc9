using static TorchSharp.torch;

namespace FasterSeg.Search.Regularizing;

/// <summary>Expected latency up to the last layer's map at 1/8, 1/16 and 1/32, ms, stem included in each.</summary>
/// <param name="Scale8">Up to the map at 1/8.</param>
/// <param name="Scale16">Up to the map at 1/16.</param>
/// <param name="Scale32">Up to the map at 1/32.</param>
/// <param name="Sum">The regularizer's value, the sum over the three: a scalar of float64, differentiable once.</param>
public sealed record ExpectedLatency(double Scale8, double Scale16, double Scale32, Tensor Sum);
