using FasterSeg.Latency.Spaces;

namespace FasterSeg.Latency.Tables;

/// <summary>A latency was asked for that the table does not have.</summary>
public sealed class MissingLatencyException(OperatorSpec spec)
    : Exception($"The latency table has no entry for '{spec}': build a table for this search space, or have the profiler measure the key.")
{
    /// <summary>The operator that is missing.</summary>
    public OperatorSpec Spec { get; } = spec;
}
