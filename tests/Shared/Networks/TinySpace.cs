using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Tests;

/// <summary>The smallest space that has every part: 4 layers, three widths, images of 64x64.</summary>
internal static class TinySpace
{
    public static SearchSpace Space { get; } =
        new(64, 64, Fch: 4, [6 / 12.0, 9 / 12.0, 1], Layers: 4, Classes: 10, 1, 1, StudentStemRatio: 0.5, StudentHeadRatio: 0.5);

    /// <summary>A table of a space whose latencies grow with an operator's multiplications, as on a device without overheads.</summary>
    public static LatencyTable Table(SearchSpace space) =>
        new(
            new TableIdentity("made up", "none", null, null, "cpu", "1", null, null, "fp32", 1, 1, "test"),
            space,
            space
                .Operators()
                .Select(spec =>
                    spec.IsZeroByDefinition ? LatencyEntry.Defined(spec) : new LatencyEntry(spec, EntryOrigin.Measured, 1e-6 * Work(spec))
                ),
            DateTimeOffset.UnixEpoch
        );

    private static double Work(OperatorSpec spec)
    {
        double kind = spec.Kind switch
        {
            OperatorKind.Conv2x => 18,
            OperatorKind.Conv => 9,
            OperatorKind.ZoomedConv2x => 6,
            OperatorKind.ZoomedConv => 3,
            _ => 1,
        };
        return kind * spec.Height * spec.Width * spec.InChannels * spec.OutChannels / (spec.Stride * spec.Stride);
    }
}
