using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Latency.Tests.Tables;

/// <summary>Tables with invented numbers.</summary>
internal static class Samples
{
    public static readonly TableIdentity Identity = new(
        "Test \"processor\" µ",
        "cpu-0",
        ComputeCapability: null,
        Driver: null,
        "cpu",
        "1.31.1",
        TensorRt: null,
        Cudnn: null,
        "fp32",
        Threads: 2,
        BatchSize: 1,
        "hot, median, half-width 1 %"
    );

    public static readonly SearchSpace Space = SearchSpace.Paper(64, 128, 11) with { Fch = 6 };

    public static readonly DateTimeOffset Created = new DateTimeOffset(2026, 1, 31, 13, 0, 0, TimeSpan.FromHours(1)).AddTicks(1234567);

    public static OperatorSpec Key(string key) => OperatorKey.Parse(key);

    public static LatencyEntry Measured(string key, double median) =>
        new(
            Key(key),
            EntryOrigin.Measured,
            median,
            new LatencySpread(
                median * 1.01,
                median * 0.02,
                median * 0.99,
                median * 1.01,
                median * 0.9,
                median * 0.95,
                median * 1.05,
                median * 1.2,
                120,
                Sessions: 3
            )
        );

    /// <summary>One entry of each sort.</summary>
    public static LatencyTable Table() =>
        new(
            Identity,
            Space,
            [
                Measured("conv h8 w16 c16-24 s1", 0.1 + 0.2),
                Measured("zoomed_conv_2x h8 w16 c48-96 s2", 1e-7) with
                {
                    Noisy = true,
                    BuildMs = 3.25,
                    Placement = new([new("TensorrtExecutionProvider", 3), new("CPUExecutionProvider", 1)]),
                },
                new(Key("skip h8 w16 c16-16 s1"), EntryOrigin.Defined, 0),
                new(Key("skip h4 w8 c16-16 s1"), EntryOrigin.Imported, 0),
                new(Key("concat h8 w16 c32+32"), EntryOrigin.Imported, 12345.678),
                new(Key("upsample h4 w8 c32-32 x2"), EntryOrigin.Measured, 0, Failure: "out of memory \u0001"),
            ],
            Created
        );

    /// <summary>The uuid of the card beside the identity's in <see cref="OfTwoCards"/>.</summary>
    public const string OtherUuid = "cpu-1";

    /// <summary>A table that two cards measured.</summary>
    public static LatencyTable OfTwoCards()
    {
        LatencyEntry[] entries =
        [
            Measured("conv h8 w16 c16-24 s1", 0.5),
            Measured("conv h8 w16 c24-24 s1", 0.7) with
            {
                Device = "lab-2",
                Factor = 1.015625,
            },
            Measured("conv h8 w16 c24-16 s1", 0.6) with
            {
                Device = "lab-2",
            },
            new(Key("conv h8 w16 c48-48 s1"), EntryOrigin.Measured, 0, Failure: "out of memory", Device: "lab-2"),
            new(Key("skip h8 w16 c16-16 s1"), EntryOrigin.Defined, 0),
        ];
        return new(Identity, Space, entries, Created, members: [new("lab-1", "cpu-0", 1, 1), new("lab-2", OtherUuid, 1.015625, 3)]);
    }

    /// <summary>The same with a correction.</summary>
    public static LatencyTable Corrected() =>
        Table().With(new LatencyCorrection(Scale: 1.01, BoundaryNs: 0.3, WeightNs: 0.2, PartMs: 0, Networks: 30, Deviation: 0.008));
}
