namespace FasterSeg.Latency.Agreeing;

/// <summary>A reporting network whose estimate is far off, with what the estimate is made of.</summary>
/// <param name="Number">Of the network.</param>
/// <param name="Network">In words.</param>
/// <param name="EstimateMs">Estimated, ms.</param>
/// <param name="MeasuredMs">Measured, ms.</param>
/// <param name="Error">(estimate - measured) / measured.</param>
/// <param name="Noisy">The measurement was flagged.</param>
/// <param name="Parts">Its parts in the table, those that take longest first.</param>
public sealed record WorstCase(
    int Number,
    string Network,
    double EstimateMs,
    double MeasuredMs,
    double Error,
    bool Noisy,
    IReadOnlyList<WorstCase.Part> Parts
)
{
    /// <summary>Equal parts of a network.</summary>
    /// <param name="Key">The operator.</param>
    /// <param name="Times">How often the network has it.</param>
    /// <param name="Milliseconds">In the table, all of them together, ms.</param>
    public sealed record Part(string Key, int Times, double Milliseconds);
}
