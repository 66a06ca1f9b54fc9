using FasterSeg.Latency.Networks;

namespace FasterSeg.Search.Comparing;

/// <summary>
/// Networks of one role that can be compared number by number: one device measured in one way, one input size, the same classes, and
/// accuracies that were found alike.
/// </summary>
public sealed class ComparedSet
{
    private readonly HashSet<ComparedNetwork> front;

    /// <summary>Makes a set.</summary>
    /// <param name="networks">At least one.</param>
    /// <param name="accuracy">By what their accuracy is judged.</param>
    public ComparedSet(IReadOnlyList<ComparedNetwork> networks, QualityBasis accuracy)
    {
        (Networks, Accuracy) = (networks, accuracy);
        // A measured latency is worth more than an estimate, but not beside one.
        ByMeasurement = networks.All(network =>
            network.Measured is { Difference: null } measured
            && measured.Device == network.Run.Device.DeviceName
            && measured.Provider == network.Run.Device.Provider
        );
        front =
        [
            .. ParetoFront.Of(networks.Where(network => AccuracyOf(network) is not null), LatencyOf, network => AccuracyOf(network)!.Value),
        ];
    }

    /// <summary>The networks, in the order in which they were named.</summary>
    public IReadOnlyList<ComparedNetwork> Networks { get; }

    /// <summary>By what their accuracy is judged.</summary>
    public QualityBasis Accuracy { get; }

    /// <summary>Whether their latency is the measured one, which every one of them has; else it is the estimate.</summary>
    public bool ByMeasurement { get; }

    /// <summary>Whether a network is on the Pareto front of latency and accuracy.</summary>
    public bool IsOnFront(ComparedNetwork network) => front.Contains(network);

    /// <summary>The latency by which a network is judged, ms.</summary>
    public double LatencyOf(ComparedNetwork network) => ByMeasurement ? network.Measured!.MedianMs : network.EstimateMs;

    /// <summary>The mIoU by which a network is judged, 0 to 1; null where it has none.</summary>
    public double? AccuracyOf(ComparedNetwork network) =>
        Accuracy switch
        {
            QualityBasis.Trained => network.TrainedMeanIou,
            QualityBasis.Supernet => network.SupernetMeanIou,
            _ => null,
        };

    /// <summary>Where a student lies in its run's band; null for a teacher, who has none.</summary>
    public BandPlace? PlaceOf(ComparedNetwork network) =>
        network.Role == Role.Teacher ? null : network.Run.Target.PlaceOf(LatencyOf(network));
}
