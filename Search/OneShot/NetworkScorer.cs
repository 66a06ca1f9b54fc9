using FasterSeg.Latency.Networks;
using FasterSeg.Search.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace FasterSeg.Search.OneShot;

/// <summary>
/// Scores networks by shared weights. Their batch norms have the statistics of whatever networks were trained last, so each network gets
/// its own from some training batches first (Guo et al., 2020, Section 3.4). The loss ranks networks better than the mIoU does: it is
/// smooth in what half-trained weights get wrong.
/// </summary>
/// <param name="supernet">The shared weights, which stay as they are.</param>
/// <param name="images">What networks are evaluated on.</param>
/// <param name="device">Where torch computes.</param>
public sealed class NetworkScorer(OneShotSupernet supernet, HeldOutEvaluation images, Device device)
{
    /// <summary>Number of the way in which networks are scored, in files of scores. Those of before (0) had wrong batch norms
    /// (decision 21).</summary>
    public const int Way = 1;

    /// <summary>Scores a network.</summary>
    /// <param name="architecture">Of the supernet's space.</param>
    /// <param name="steps">For how many it is trained on from the shared weights before.</param>
    public NetworkScore Score(DerivedArchitecture architecture, int steps = 0)
    {
        using DerivedNetwork network = supernet.Extract(architecture).to(device);
        if (steps > 0)
            images.Adapt(network, steps);
        images.Calibrate(network);
        return images.Evaluate(network);
    }
}
