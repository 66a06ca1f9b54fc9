using FasterSeg.Latency;

namespace FasterSeg.Search.Native.Kernels;

/// <summary>
/// Which of libtorch's kernels are used: an instruction set that oneDNN, ATen and MKL stay below. They read it from the C environment at
/// their first use, so it has to be there before they are loaded.
/// </summary>
/// <param name="Name">Its name in <c>kernels</c> and <see cref="Variable"/>.</param>
/// <param name="Words">The same for people.</param>
/// <param name="Environment">Variables that say so to the libraries.</param>
/// <param name="OneDnn">False turns oneDNN off: ATen's own loops convolve.</param>
public sealed record TorchKernels(string Name, string Words, IReadOnlyDictionary<string, string> Environment, bool OneDnn = true)
{
    /// <summary>Checks, and takes the fastest that computes right.</summary>
    public const string Automatic = "auto";

    /// <summary>The environment variable that names kernels, unless the configuration does.</summary>
    public const string Variable = "FASTERSEG_TORCH_KERNELS";

    /// <summary>What the libraries choose by themselves.</summary>
    public static TorchKernels Full { get; } = new("full", "the kernels that libtorch chooses", new Dictionary<string, string>());

    /// <summary>From the fastest to the plainest.</summary>
    public static IReadOnlyList<TorchKernels> Ladder { get; } =
    [
        Full,
        new("avx2", "AVX2 in oneDNN", new Dictionary<string, string> { ["ONEDNN_MAX_CPU_ISA"] = "AVX2" }),
        new(
            "avx2-all",
            "AVX2 in oneDNN, ATen and MKL",
            new Dictionary<string, string>
            {
                ["ONEDNN_MAX_CPU_ISA"] = "AVX2",
                ["ATEN_CPU_CAPABILITY"] = "avx2",
                ["MKL_ENABLE_INSTRUCTIONS"] = "AVX2",
            }
        ),
        new("sse41", "SSE4.1 in oneDNN and nothing beyond it elsewhere", Plain()),
        new("plain", "ATen's own loops, without oneDNN", Plain(), OneDnn: false),
    ];

    /// <summary>The kernels of a name.</summary>
    /// <exception cref="UsageException">There are none of that name.</exception>
    public static TorchKernels Named(string name, string source) =>
        Ladder.FirstOrDefault(kernels => kernels.Name == name)
        ?? throw new UsageException(
            $"{source} is '{name}': use {Automatic} or one of {string.Join(", ", Ladder.Select(kernels => kernels.Name))}."
        );

    private static Dictionary<string, string> Plain() =>
        new()
        {
            ["ONEDNN_MAX_CPU_ISA"] = "SSE41",
            ["ATEN_CPU_CAPABILITY"] = "default",
            ["MKL_ENABLE_INSTRUCTIONS"] = "SSE4_2",
        };
}
