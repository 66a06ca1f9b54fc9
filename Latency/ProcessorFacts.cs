using System.Runtime.Intrinsics.X86;

namespace FasterSeg.Latency;

/// <summary>What kind of processor this is: numeric libraries choose their kernels by it, and may be wrong on one kind alone.</summary>
public static class ProcessorFacts
{
    // The sets that libraries choose kernels by, as Linux and as people name them.
    private static readonly (string Flag, string Name)[] Sets =
    [
        ("avx", "AVX"),
        ("avx2", "AVX2"),
        ("fma", "FMA"),
        ("avx_vnni", "AVX-VNNI"),
        ("avx512f", "AVX-512"),
        ("avx512bw", "AVX-512BW"),
        ("avx512_vnni", "AVX-512VNNI"),
        ("avx512_bf16", "AVX-512BF16"),
        ("avx512_fp16", "AVX-512FP16"),
        ("amx_tile", "AMX"),
        ("asimd", "NEON"),
        ("asimddp", "DOTPROD"),
        ("sve", "SVE"),
        ("i8mm", "I8MM"),
        ("bf16", "BF16"),
    ];

    /// <summary>
    /// Vendor, family, model, stepping, microcode and instruction sets, of Linux's <c>/proc/cpuinfo</c> or, without one, of the processor
    /// itself; empty where it is not told.
    /// </summary>
    public static IEnumerable<(string Name, string Value)> Read(string cpuinfo)
    {
        yield return ("cpu_vendor", Field(cpuinfo, "vendor_id"));
        yield return ("cpu_family", Field(cpuinfo, "cpu family"));
        yield return ("cpu_model", Field(cpuinfo, "model"));
        yield return ("cpu_stepping", Field(cpuinfo, "stepping"));
        yield return ("cpu_microcode", Field(cpuinfo, "microcode"));
        yield return ("cpu_instructions", Instructions(cpuinfo));
    }

    /// <summary>The first <c>name : value</c> of a file such as <c>/proc/cpuinfo</c>, or an empty text.</summary>
    public static string Field(string text, string name) =>
        (
            from line in text.Split('\n')
            let colon = line.IndexOf(':', StringComparison.Ordinal)
            where colon > 0 && line.AsSpan(0, colon).Trim().SequenceEqual(name)
            select line[(colon + 1)..].Trim()
        ).FirstOrDefault("");

    private static string Instructions(string cpuinfo)
    {
        string flags = Field(cpuinfo, "flags") is { Length: > 0 } x86 ? x86 : Field(cpuinfo, "Features");
        HashSet<string> known =
            flags.Length > 0
                ? [.. flags.Split(' ')]
                :
                [
                    .. new[]
                    {
                        (Avx.IsSupported, "avx"),
                        (Avx2.IsSupported, "avx2"),
                        (Fma.IsSupported, "fma"),
                        (Avx512F.IsSupported, "avx512f"),
                    }
                        .Where(set => set.Item1)
                        .Select(set => set.Item2),
                ];
        return string.Join(' ', Sets.Where(set => known.Contains(set.Flag)).Select(set => set.Name));
    }
}
