using System.Globalization;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Profiler.Service.Engines.Gpu;

/// <summary>
/// The options of ONNX Runtime's TensorRT provider. Every one that a number may depend on is set, whatever its default is; they are part
/// of a cache's fingerprint.
/// </summary>
public static class TensorRtOptions
{
    /// <summary>Memory that TensorRT may use while it tries kernels, and that they may use: 1 GiB.</summary>
    public const long WorkspaceBytes = 1L << 30;

    /// <summary>How hard TensorRT searches for kernels (0 to 5); 3 is its own default.</summary>
    public const int OptimizationLevel = 3;

    /// <summary>The options.</summary>
    /// <param name="device">The device's number, as the process counts them.</param>
    /// <param name="precision"><c>fp32</c>, <c>fp16</c> or <c>int8</c>; int8 is meant for a model with QuantizeLinear nodes.</param>
    /// <param name="engines">Folder of the engine cache; null has none.</param>
    /// <param name="timings">Folder of the timing cache; null has none.</param>
    /// <param name="stack">The libraries.</param>
    /// <param name="stream">Address of the CUDA stream to run on; null for the provider's own.</param>
    /// <param name="graphs">Whether runs are replayed as a CUDA graph.</param>
    /// <exception cref="ArgumentException">A stream is given, and the stack cannot take one.</exception>
    public static Dictionary<string, string> Build(
        int device,
        string precision,
        string? engines,
        string? timings,
        GpuStack stack,
        nint? stream = null,
        bool graphs = false
    )
    {
        var options = new Dictionary<string, string>
        {
            ["device_id"] = device.ToString(CultureInfo.InvariantCulture),
            ["trt_fp16_enable"] = precision == Precisions.Fp16 ? "1" : "0",
            ["trt_int8_enable"] = precision == Precisions.Int8 ? "1" : "0",
            ["trt_max_workspace_size"] = WorkspaceBytes.ToString(CultureInfo.InvariantCulture),
            ["trt_builder_optimization_level"] = OptimizationLevel.ToString(CultureInfo.InvariantCulture),
            ["trt_min_subgraph_size"] = "1",
            ["trt_cuda_graph_enable"] = graphs ? "1" : "0",
            ["trt_engine_cache_enable"] = engines is null ? "0" : "1",
            ["trt_timing_cache_enable"] = timings is null ? "0" : "1",
            // A timing of another device would pass for one of this: it is refused instead.
            ["trt_force_timing_cache"] = "0",
        };
        if (engines is not null)
            options["trt_engine_cache_path"] = engines;
        if (timings is not null)
            options["trt_timing_cache_path"] = timings;
        StreamOption.Add(options, stack, stream);
        return options;
    }
}
