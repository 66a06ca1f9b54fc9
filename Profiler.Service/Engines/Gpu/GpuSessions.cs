using FasterSeg.Latency.Tables;
using Microsoft.ML.OnnxRuntime;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace FasterSeg.Profiler.Service.Engines.Gpu;

/// <summary>Options of sessions on a GPU: one provider, and nothing to fall back to.</summary>
public static class GpuSessions
{
    /// <summary>What every session on a GPU is told besides its provider.</summary>
    public static IReadOnlyDictionary<string, string> Entries { get; } =
        new Dictionary<string, string>
        {
            // A node that the provider leaves over ends the session instead of running on the processor.
            ["session.disable_cpu_ep_fallback"] = "1",
            ["session.intra_op.allow_spinning"] = "0",
        };

    /// <summary>A session on the CUDA provider.</summary>
    /// <exception cref="OnnxRuntimeException">The provider cannot be loaded.</exception>
    public static SessionOptions Cuda(Dictionary<string, string> provider)
    {
        SessionOptions options = Common();
        try
        {
            using var cuda = new OrtCUDAProviderOptions();
            cuda.UpdateOptions(provider);
            options.AppendExecutionProvider_CUDA(cuda);
            return options;
        }
        catch
        {
            options.Dispose();
            throw;
        }
    }

    /// <summary>A session on the TensorRT provider.</summary>
    /// <exception cref="OnnxRuntimeException">The provider cannot be loaded.</exception>
    public static SessionOptions TensorRt(Dictionary<string, string> provider, string precision)
    {
        SessionOptions options = Common();
        try
        {
            // ONNX Runtime would fold a kernel and its QuantizeLinear into int8 weights, which TensorRT 8's parser refuses. TensorRT
            // optimizes the graph by itself.
            if (precision == Precisions.Int8)
                options.GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL;
            using var tensorRt = new OrtTensorRTProviderOptions();
            tensorRt.UpdateOptions(provider);
            options.AppendExecutionProvider_Tensorrt(tensorRt);
            return options;
        }
        catch
        {
            options.Dispose();
            throw;
        }
    }

    private static SessionOptions Common()
    {
        var options = new SessionOptions
        {
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        foreach ((string key, string value) in Entries)
            options.AddSessionConfigEntry(key, value);
        return options;
    }
}
