using System.Globalization;

namespace FasterSeg.Profiler.Service.Engines.Gpu;

/// <summary>The option that makes a provider run on a stream of ours; both GPU providers take it from ONNX Runtime 1.18 on.</summary>
internal static class StreamOption
{
    public static void Add(Dictionary<string, string> options, GpuStack stack, nint? stream)
    {
        if (stream is not { } address)
            return;
        if (!stack.TakesStream)
            throw new ArgumentException(
                $"ONNX Runtime {stack.OnnxRuntime} takes no stream among its options: time synchronized runs.",
                nameof(stream)
            );
        options["has_user_compute_stream"] = "1";
        options["user_compute_stream"] = address.ToString(CultureInfo.InvariantCulture);
    }
}
