using CsCheck;
using FasterSeg.Latency.Spaces;

namespace FasterSeg.Latency.Tests;

/// <summary>Random operators.</summary>
internal static class Specs
{
    private static readonly Gen<int> Size = Gen.Int[1, 999_999];

    /// <summary>Any operator that there can be.</summary>
    public static Gen<OperatorSpec> Any { get; } =
        Gen.Select(Gen.Enum<OperatorKind>(), Size, Size, Size, Size, Gen.Int[0, 30])
            .Select(
                (kind, height, width, from, to, number) =>
                    kind switch
                    {
                        OperatorKind.Upsample => new OperatorSpec(kind, height, width, from, from, 2 + number),
                        OperatorKind.Concat => new OperatorSpec(kind, height, width, from, from + to),
                        OperatorKind.Stem => new OperatorSpec(kind, height, width, from, to, 2),
                        _ when kind <= OperatorKind.ZoomedConv2x => new OperatorSpec(kind, height, width, from, to, 1 + (number % 2)),
                        _ => new OperatorSpec(kind, height, width, from, to),
                    }
            );
}
