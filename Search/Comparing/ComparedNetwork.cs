using FasterSeg.Latency.Networks;
using FasterSeg.Search.Runs;

namespace FasterSeg.Search.Comparing;

/// <summary>A network of a run with all that the run knows of it.</summary>
/// <param name="Run">The run.</param>
/// <param name="Architecture">The network.</param>
/// <param name="EstimateMs">Its latency from the run's table, ms.</param>
/// <param name="Measured">Its latency measured whole, where somebody did.</param>
/// <param name="SupernetMeanIou">Of the supernet's head on its pair of branches, 0 to 1; null where there was no search.</param>
/// <param name="Evaluation">After its training, on the validation images at the deployed size; null where it was not evaluated.</param>
public sealed record ComparedNetwork(
    ComparedRun Run,
    DerivedArchitecture Architecture,
    double EstimateMs,
    KeptLatency? Measured,
    double? SupernetMeanIou,
    StoredEvaluation? Evaluation
)
{
    /// <summary>The size that it was evaluated at, where that is not the deployed one, which its latency is of; the figures of that
    /// evaluation are left out then.</summary>
    public string? OtherSize { get; init; }

    /// <summary>Teacher or student.</summary>
    public Role Role => Architecture.Role;

    /// <summary>What it costs beside latency, at the run's input size.</summary>
    public NetworkCost Cost => NetworkCost.Of(NetworkPlan.Of(Architecture, Run.Options.Space.Height, Run.Options.Space.Width));

    /// <summary>Mean IoU after its training, 0 to 1; null where it was not evaluated, or no pixel counted.</summary>
    public double? TrainedMeanIou => Evaluation?.MeanIou;
}
