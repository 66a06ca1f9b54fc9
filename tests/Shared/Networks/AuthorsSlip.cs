using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Tests;

/// <summary>The slip of the authors' code, which looks zoomed_conv_2x up under conv_2x's key.</summary>
internal static class AuthorsSlip
{
    /// <summary>A table whose zoomed_conv_2x have the latencies of conv_2x.</summary>
    public static LatencyTable Of(LatencyTable table) =>
        new(
            table.Identity,
            table.Space,
            table.Entries.Select(entry =>
                entry.Spec.Kind == OperatorKind.ZoomedConv2x
                    ? entry with
                    {
                        MedianMs = table[entry.Spec with { Kind = OperatorKind.Conv2x }],
                    }
                    : entry
            ),
            table.Created
        );
}
