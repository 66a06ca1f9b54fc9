using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Bench.Searching;

/// <summary>A table whose numbers nobody measured: what a step costs does not depend on them.</summary>
internal static class MadeUpTable
{
    /// <summary>Every operator of the space, in ms by its multiplications.</summary>
    public static LatencyTable Of(SearchSpace space) =>
        new(
            new TableIdentity("made up", "none", null, null, "cpu", "1", null, null, "fp32", 1, 1, "made-up"),
            space,
            space
                .Operators()
                .Select(spec =>
                    spec.IsZeroByDefinition
                        ? LatencyEntry.Defined(spec)
                        : new LatencyEntry(spec, EntryOrigin.Measured, 1e-9 * spec.Height * spec.Width * spec.InChannels * spec.OutChannels)
                ),
            DateTimeOffset.UnixEpoch
        );
}
