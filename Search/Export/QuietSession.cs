using FasterSeg.Latency;
using Microsoft.ML.OnnxRuntime;

namespace FasterSeg.Search.Export;

/// <summary>Sessions of ONNX Runtime with its telemetry off.</summary>
internal static class QuietSession
{
    // Once, and before the library is loaded: only its own C environment is asked, when its environment begins.
    private static readonly Lazy<OrtEnv> Quiet = new(() =>
    {
        NativeEnvironment.Set(NativeEnvironment.NoOnnxRuntimeTelemetry, "1");
        OrtEnv environment = OrtEnv.Instance();
        environment.DisableTelemetryEvents();
        return environment;
    });

    /// <summary>Opens a model.</summary>
    /// <param name="onnx">The file's bytes.</param>
    /// <exception cref="OnnxRuntimeException">It is no model, or cannot be loaded.</exception>
    public static InferenceSession Open(byte[] onnx)
    {
        _ = Quiet.Value;
        return new InferenceSession(onnx);
    }

    /// <summary>Opens a model's file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="OnnxRuntimeException">It is no model, or cannot be loaded.</exception>
    public static InferenceSession Open(string path)
    {
        _ = Quiet.Value;
        return new InferenceSession(path);
    }
}
