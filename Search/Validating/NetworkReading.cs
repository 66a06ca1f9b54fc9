using FasterSeg.Latency.Tables;

namespace FasterSeg.Search.Validating;

/// <summary>One measurement of a whole network.</summary>
/// <param name="MedianMs">The latency: the median of single runs, ms.</param>
/// <param name="ConfidenceLowMs">Lower end of the median's 95 % confidence interval, ms.</param>
/// <param name="ConfidenceHighMs">Its upper end, ms.</param>
/// <param name="Samples">Runs that the numbers come from.</param>
/// <param name="Disturbed">Further runs, set aside because something else took the processor meanwhile.</param>
/// <param name="Sessions">How often the network was opened anew and sampled.</param>
/// <param name="Noisy">The time cap came before the interval was narrow enough.</param>
/// <param name="Measured">When, UTC.</param>
public sealed record NetworkReading(
    double MedianMs,
    double ConfidenceLowMs,
    double ConfidenceHighMs,
    int Samples,
    int Disturbed,
    int Sessions,
    bool Noisy,
    DateTimeOffset Measured
)
{
    /// <summary>What a validation keeps of a measurement that just ended.</summary>
    public static NetworkReading Of(ModelMeasurement measured) =>
        new(
            measured.MedianMs,
            measured.Spread.ConfidenceLowMs,
            measured.Spread.ConfidenceHighMs,
            measured.Spread.Samples,
            measured.Spread.Disturbed,
            measured.Spread.Sessions,
            measured.Noisy,
            DateTimeOffset.UtcNow
        );

    /// <summary>More runs were set aside than were counted: something else kept the device busy.</summary>
    public bool IsMostlyDisturbed() => Disturbed > Samples;

    /// <summary>False for what no measurement gives.</summary>
    internal bool IsSound() =>
        double.IsFinite(MedianMs) && MedianMs > 0 && ConfidenceLowMs <= ConfidenceHighMs && Samples > 0 && Disturbed >= 0;
}
