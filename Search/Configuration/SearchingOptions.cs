using FasterSeg.Latency;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;

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

    /// <inheritdoc cref="SearchMethod"/>
    public SearchMethod Method { get; set; } = SearchMethod.Differentiable;

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

    /// <inheritdoc cref="Configuration.LatencyTerms"/>
    public LatencyTerms LatencyTerms { get; set; } = LatencyTerms.Decoupled;

    /// <inheritdoc cref="WeightRule"/>
    public WeightRule Controller { get; set; } = WeightRule.Halving;

    /// <summary>rho of <see cref="WeightRule.Lagrangian"/>, of the loss: how much a student pays that is e times too slow.</summary>
    public double LatencyPenalty { get; set; } = 1;

    /// <inheritdoc cref="Configuration.LatencyWidths"/>
    public LatencyWidths LatencyWidths { get; set; } = LatencyWidths.Expectation;

    /// <summary>
    /// Target band of the derived student, e.g. <c>"155-175 fps"</c> or <c>"20-24 ms"</c>; <c>"auto"</c> lies between the 20 % and
    /// the 40 % quantile of the latencies of random students of the space.
    /// </summary>
    public string Target { get; set; } = "auto";

    /// <summary>Validation images that decide between the branch pairs; 0 takes all.</summary>
    [Unit("images")]
    public int ValidationImages { get; set; }

    /// <inheritdoc cref="DerivationRule"/>
    public DerivationRule Derivation { get; set; } = DerivationRule.Corrected;

    /// <summary>The latency's weight in the first epoch for a target band.</summary>
    public double StartingLatencyWeight(LatencyTarget target) =>
        ScaleLatencyWeight ? LatencyWeight * PaperTargetMs / target.MiddleMs : LatencyWeight;

    // The middle of the paper's band, 155 to 175 frames/s.
    private const double PaperTargetMs = 1000.0 / 165;
}
