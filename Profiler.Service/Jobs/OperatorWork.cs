using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Profiler.Service.Jobs;

/// <summary>What some operators leave to be measured: those whose latency is 0 by definition have their entry beforehand.</summary>
/// <param name="ToMeasure">The operators that are measured, in their order.</param>
/// <param name="Defined">The entries of the others.</param>
public sealed record OperatorWork(IReadOnlyList<OperatorSpec> ToMeasure, IReadOnlyList<LatencyEntry> Defined)
{
    /// <summary>The work that a whole table is. The upsampling of the logits is measured too: with it a table serves networks with and
    /// without it.</summary>
    public static OperatorWork Of(SearchSpace space) => Of(space.Operators(full: true));

    /// <summary>The work that some operators are.</summary>
    public static OperatorWork Of(IReadOnlyCollection<OperatorSpec> specs)
    {
        ILookup<bool, OperatorSpec> isZero = specs.ToLookup(spec => spec.IsZeroByDefinition);
        return new([.. isZero[false]], [.. isZero[true].Select(LatencyEntry.Defined)]);
    }
}
