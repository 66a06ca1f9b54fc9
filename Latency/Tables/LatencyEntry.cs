using FasterSeg.Latency.Spaces;

namespace FasterSeg.Latency.Tables;

/// <summary>Where an entry's number comes from.</summary>
public enum EntryOrigin
{
    /// <summary>Measured on the device of the table's identity.</summary>
    Measured,

    /// <summary>0 by definition (<see cref="OperatorSpec.IsZeroByDefinition"/>).</summary>
    Defined,

    /// <summary>Taken over from somebody else's table.</summary>
    Imported,

    /// <summary>Predicted from other entries of the same device, and never measured.</summary>
    Predicted,
}

/// <summary>One operator's latency.</summary>
/// <param name="Spec">The operator.</param>
/// <param name="Origin">Where the number comes from.</param>
/// <param name="MedianMs">The latency, ms: the median over sessions of the median of a session's single runs.</param>
/// <param name="Spread">How the samples were distributed; null where nothing was sampled here.</param>
/// <param name="Noisy">The time cap was reached before the confidence interval was narrow enough.</param>
/// <param name="Failure">Why there is no number (the median is then 0 and must not be used); null in a usable entry.</param>
/// <param name="Drifted">The device was not in its usual state, and was not either when the operator was measured again.</param>
/// <param name="BuildMs">Time to load, optimize and build the operator's model, ms, which is no part of the latency; null where nobody
/// knows.</param>
/// <param name="Placement">Where the nodes of its model ran, from a profiled run apart from the measurement; null where nobody
/// looked.</param>
/// <param name="Bounds">Of a prediction, the interval in which the latency lies with 95 % probability; null in every other entry.</param>
/// <param name="Device">The card that measured it (<see cref="TableMember.Id"/>), in a table of several cards; null where it is the one
/// of the table's identity.</param>
/// <param name="Factor">What all its latencies were divided by to become the identity's card's; null where they are as they were
/// measured.</param>
public sealed record LatencyEntry(
    OperatorSpec Spec,
    EntryOrigin Origin,
    double MedianMs,
    LatencySpread? Spread = null,
    bool Noisy = false,
    string? Failure = null,
    bool Drifted = false,
    double? BuildMs = null,
    Placement? Placement = null,
    PredictionBounds? Bounds = null,
    string? Device = null,
    double? Factor = null
)
{
    private const int LongestReason = 500;

    /// <summary>Half the width of the 95 % interval, ms: of the median's confidence, or of a prediction's bounds; 0 where there is
    /// neither.</summary>
    public double HalfWidthMs =>
        Spread is { } spread ? (spread.ConfidenceHighMs - spread.ConfidenceLowMs) / 2
        : Bounds is { } bounds ? (bounds.HighMs - bounds.LowMs) / 2
        : 0;

    /// <summary>The same in the table of a loaded device: what was measured there is flagged.</summary>
    public LatencyEntry OnLoadedDevice() => this is { Origin: EntryOrigin.Measured, Failure: null } ? this with { Drifted = true } : this;

    /// <summary>The entry of an operator that was measured.</summary>
    public static LatencyEntry Measured(OperatorSpec spec, MeasuredLatency latency, double? buildMs, Placement? placement) =>
        new(spec, EntryOrigin.Measured, latency.MedianMs, latency.Spread, latency.Noisy, BuildMs: buildMs, Placement: placement);

    /// <summary>The entry of an operator whose latency is 0 by definition.</summary>
    public static LatencyEntry Defined(OperatorSpec spec) => new(spec, EntryOrigin.Defined, MedianMs: 0);

    /// <summary>The entry of an operator that could not be measured. A table keeps one line of the reason, and not a runtime's whole
    /// report.</summary>
    public static LatencyEntry Failed(OperatorSpec spec, string reason)
    {
        string line = reason.Split('\n')[0].Trim();
        return new(spec, EntryOrigin.Measured, MedianMs: 0, Failure: line.Length <= LongestReason ? line : line[..LongestReason] + "...");
    }
}

/// <summary>A prediction's error bar.</summary>
/// <param name="LowMs">Its lower end, ms.</param>
/// <param name="HighMs">Its upper end, ms.</param>
public sealed record PredictionBounds(double LowMs, double HighMs);

/// <summary>The distribution of an operator's samples, all in ms.</summary>
/// <param name="MeanMs">Mean.</param>
/// <param name="StandardDeviationMs">Sample standard deviation.</param>
/// <param name="ConfidenceLowMs">Lower end of the median's 95 % confidence interval.</param>
/// <param name="ConfidenceHighMs">Upper end of the median's 95 % confidence interval.</param>
/// <param name="P05Ms">5 % quantile.</param>
/// <param name="P25Ms">25 % quantile.</param>
/// <param name="P75Ms">75 % quantile.</param>
/// <param name="P95Ms">95 % quantile.</param>
/// <param name="Samples">Number of samples that the other numbers come from.</param>
/// <param name="Outliers">How many of them lie beyond Tukey's fences (1.5 interquartile ranges outside of the quartiles); they count like
/// the others.</param>
/// <param name="Disturbed">Further samples that were set aside because something else took the processor meanwhile.</param>
/// <param name="Sessions">How often the operator was opened anew and sampled.</param>
public sealed record LatencySpread(
    double MeanMs,
    double StandardDeviationMs,
    double ConfidenceLowMs,
    double ConfidenceHighMs,
    double P05Ms,
    double P25Ms,
    double P75Ms,
    double P95Ms,
    int Samples,
    int Outliers = 0,
    int Disturbed = 0,
    int Sessions = 1
);
