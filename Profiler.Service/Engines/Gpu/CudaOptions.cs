using System.Globalization;

namespace FasterSeg.Profiler.Service.Engines.Gpu;

/// <summary>The options of ONNX Runtime's CUDA provider.</summary>
public static class CudaOptions
{
    /// <summary>The options.</summary>
    /// <param name="device">The device's number, as the process counts them.</param>
    /// <param name="stack">The libraries.</param>
    /// <param name="stream">Address of the CUDA stream to run on; null for the provider's own.</param>
    /// <param name="graphs">Whether runs are replayed as a CUDA graph, which the second run of a session records.</param>
    /// <exception cref="ArgumentException">A stream is given, and the stack cannot take one.</exception>
    public static Dictionary<string, string> Build(int device, GpuStack stack, nint? stream = null, bool graphs = false)
    {
        var options = new Dictionary<string, string>
        {
            ["device_id"] = device.ToString(CultureInfo.InvariantCulture),
            // Tries every algorithm of a convolution when it first sees its shape, and keeps the fastest.
            ["cudnn_conv_algo_search"] = "EXHAUSTIVE",
            ["cudnn_conv_use_max_workspace"] = "1",
            ["do_copy_in_default_stream"] = "1",
        };
        // ONNX Runtime 1.17 does not know the key; the devices of its stack have no TF32, and the worker's environment forbids it too.
        if (stack.TakesStream)
            options["use_tf32"] = "0";
        if (graphs)
            options["enable_cuda_graph"] = "1";
        StreamOption.Add(options, stack, stream);
        return options;
    }
}
