using FasterSeg.Latency.Estimating;

namespace FasterSeg.Search.Configuration;

/// <summary>Section <c>searching</c>: the search phase (paper, Section 3.2 and 3.3). Defaults are the released code's.</summary>
public sealed class SearchingOptions : PhaseOptions
{
    /// <summary>Makes the defaults of the released code.</summary>
    public SearchingOptions()
    {
        Epochs = 30;
        DownSampling = 2;
        LearningRateDecay = 0.978;
    }

    /// <summary>Learning rate of Adam over alpha, beta and gamma.</summary>
    public double ArchitectureLearningRate { get; set; } = 3e-4;

    /// <summary>
    /// With true the gradient of alpha, beta and gamma is that after the weights' next step (DARTS' second order), at two and a half times
    /// the cost; the paper's search is first order.
    /// </summary>
    public bool SecondOrder { get; set; }

    /// <summary>Weight of the latency regularizer at the start; it is steered by the target band.</summary>
    public double LatencyWeight { get; set; } = 0.01;

    /// <summary>
    /// With true, <see cref="LatencyWeight"/> is multiplied by (165 frames/s, the middle of the paper's band, in ms) / (middle of the
    /// target band in ms), so that the same number pulls alike on a slow and on a fast device.
    /// </summary>
    public bool ScaleLatencyWeight { get; set; } = true;

    /// <summary>w1, w2, w3: weights of the operator, resolution and width terms of the decoupled latency.</summary>
    public string DecoupledWeights { get; set; } = "0.001, 0.997, 0.002";

    /// <summary><c>decoupled</c> (the paper's), or <c>joint</c>: one penalty for all kinds of parameter, to compare with.</summary>
    public string LatencyTerms { get; set; } = "decoupled";

    /// <summary><c>halving</c> (the paper's: halved or doubled outside of the band), or <c>proportional</c>: by as much as the student is
    /// off the band's middle.</summary>
    public string Controller { get; set; } = "halving";

    /// <summary><c>expectation</c> (exact) or <c>sampled</c> (straight-through, the paper's).</summary>
    public string LatencyWidths { get; set; } = "expectation";

    /// <summary>
    /// Target band of the derived student, e.g. <c>"155-175 fps"</c> or <c>"20-24 ms"</c>; <c>"auto"</c> lies between the 20 % and
    /// the 40 % quantile of the latencies of random students of the space.
    /// </summary>
    public string Target { get; set; } = "auto";

    /// <summary>Validation images that decide between the branch pairs; 0 takes all.</summary>
    public int ValidationImages { get; set; }

    /// <summary><c>corrected</c> or <c>released</c> (as the published networks were derived).</summary>
    public string Derivation { get; set; } = "corrected";

    /// <summary>The latency's weight in the first epoch for a target band.</summary>
    public double StartingLatencyWeight(LatencyTarget target) =>
        ScaleLatencyWeight ? LatencyWeight * PaperTargetMs / target.MiddleMs : LatencyWeight;

    // The middle of the paper's band, 155 to 175 frames/s.
    private const double PaperTargetMs = 1000.0 / 165;
}
