using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Tests;

/// <summary>A small table to send about.</summary>
internal static class TestTables
{
    public static SearchSpace Space { get; } = new(64, 64, Fch: 4, [0.5, 1], Layers: 4, Classes: 3, 1, 1, 0.5, 0.5);

    public static LatencyTable Small { get; } =
        new(
            new TableIdentity("fake cpu", "uuid-1", null, null, "cpu", "1.2.3", null, null, "fp32", 1, 1, "test"),
            Space,
            [
                new(
                    new OperatorSpec(OperatorKind.Conv, 8, 8, 16, 32),
                    EntryOrigin.Measured,
                    0.25,
                    new LatencySpread(0.26, 0.02, 0.24, 0.26, 0.2, 0.24, 0.27, 0.3, 40, Disturbed: 2, Sessions: 3),
                    Placement: new([new("CPUExecutionProvider", 2)])
                ),
                new(
                    new OperatorSpec(OperatorKind.Conv2x, 8, 8, 16, 32),
                    EntryOrigin.Measured,
                    0.75,
                    new LatencySpread(0.8, 0.1, 0.7, 0.8, 0.6, 0.7, 0.9, 1.0, 30),
                    Noisy: true
                ),
                new(new OperatorSpec(OperatorKind.Skip, 8, 8, 16, 32), EntryOrigin.Defined, 0),
            ],
            new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero)
        );
}
