namespace FasterSeg.Latency.Predicting;

/// <summary>Means of some operators' features: from here, slopes are counted.</summary>
/// <param name="LogWork">Of <see cref="OperatorFeatures.LogWork"/>.</param>
/// <param name="LogTraffic">Of <see cref="OperatorFeatures.LogTraffic"/>.</param>
/// <param name="Known">Of <see cref="OperatorFeatures.Known"/>.</param>
public readonly record struct FeatureMeans(double LogWork, double LogTraffic, double Known)
{
    /// <summary>The means of some operators, at least one.</summary>
    public static FeatureMeans Of(IReadOnlyCollection<OperatorFeatures> features) =>
        new(features.Average(f => f.LogWork), features.Average(f => f.LogTraffic), features.Average(f => f.Known));
}
