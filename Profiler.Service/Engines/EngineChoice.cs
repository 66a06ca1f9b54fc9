using FasterSeg.Latency;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Profiler.Service.Engines;

/// <summary>What a profiler measures with, chosen when it starts: its worker processes are told the same.</summary>
public sealed record EngineChoice
{
    /// <summary>Default of <see cref="CacheLimitBytes"/>: room for some thousand engines of operators.</summary>
    public const long DefaultCacheLimitBytes = 16L << 30;

    /// <summary>Execution provider, one of <see cref="ExecutionProviders"/>.</summary>
    public string Provider { get; init; } = ExecutionProviders.Cpu;

    /// <summary>Precision of the arithmetic: <c>fp32</c>, <c>fp16</c> or <c>int8</c>.</summary>
    public string Precision { get; init; } = Precisions.Fp32;

    /// <summary>Number of the GPU, as nvidia-smi counts them; no meaning on a CPU.</summary>
    public int Device { get; init; }

    /// <summary>Whether a GPU replays a model's kernels as one CUDA graph, as some deploy them; part of a table's protocol.</summary>
    public bool CudaGraphs { get; init; }

    /// <summary>Folder of TensorRT's engine and timing caches; null for one in the temporary folder.</summary>
    public string? CachesFolder { get; init; }

    /// <summary>Most bytes in <see cref="CachesFolder"/>; what was used longest ago goes first.</summary>
    public long CacheLimitBytes { get; init; } = DefaultCacheLimitBytes;

    /// <summary>True where the provider runs on the processor itself and needs no driver, library or device beside it.</summary>
    public bool IsCpu => Provider == ExecutionProviders.Cpu;

    /// <summary><see cref="CachesFolder"/>, or else a folder in the temporary one.</summary>
    public string ResolveCachesFolder() => CachesFolder ?? Path.Combine(Path.GetTempPath(), "fasterseg-caches");

    /// <summary>This choice, if provider, precision and device exist at all.</summary>
    /// <exception cref="UsageException">One does not; the message names it and those that do.</exception>
    public EngineChoice Checked()
    {
        Require("execution provider", "--provider", Provider, ExecutionProviders.All);
        Require("precision", "--precision", Precision, Precisions.All);
        if (Device < 0)
            throw new UsageException($"There is no GPU number {Device}: --device counts from 0, as nvidia-smi does.");
        if (CudaGraphs && IsCpu)
            throw new UsageException("--cuda-graphs is for a GPU's provider: leave it out, or name one with --provider.");
        if (CacheLimitBytes < 1L << 20)
            throw new UsageException($"A limit of {CacheLimitBytes} bytes holds no engine: allow the caches at least 1 MiB.");
        return this;
    }

    private static void Require(string what, string argument, string value, IReadOnlyList<string> known)
    {
        if (!known.Contains(value))
            throw new UsageException($"'{value}' is no {what}: {argument} takes {string.Join(", ", known.SkipLast(1))} or {known[^1]}.");
    }
}
