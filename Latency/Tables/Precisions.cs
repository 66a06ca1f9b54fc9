namespace FasterSeg.Latency.Tables;

/// <summary>Precisions of the arithmetic, as tables, configurations and command lines spell them.</summary>
public static class Precisions
{
    /// <summary>32-bit floating point.</summary>
    public const string Fp32 = "fp32";

    /// <summary>16-bit floating point.</summary>
    public const string Fp16 = "fp16";

    /// <summary>8-bit integers.</summary>
    public const string Int8 = "int8";

    /// <summary>All that there are, whether a provider has them or not.</summary>
    public static IReadOnlyList<string> All { get; } = [Fp32, Fp16, Int8];
}
