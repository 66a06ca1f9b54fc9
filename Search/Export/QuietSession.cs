using FasterSeg.Latency;
using Microsoft.ML.OnnxRuntime;

namespace FasterSeg.Search.Export;

/// <summary>Sessions of ONNX Runtime with its telemetry off.</summary>
internal static class QuietSession
{
    /// <summary>Opens a model.</summary>
    /// <param name="onnx">The file's bytes.</param>
    /// <exception cref="OnnxRuntimeException">It is no model, or cannot be loaded.</exception>
    public static InferenceSession Open(byte[] onnx)
    {
        Quieten();
        return new InferenceSession(onnx);
    }

    /// <summary>Opens a model's file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="OnnxRuntimeException">It is no model, or cannot be loaded.</exception>
    public static InferenceSession Open(string path)
    {
        Quieten();
        return new InferenceSession(path);
    }

    /// <summary>Before the library is loaded: it notes who uses it on disk when its environment begins, and only its own C environment is asked.</summary>
    private static void Quieten()
    {
        NativeEnvironment.Set("ORT_DISABLE_TELEMETRY", "1");
        OrtEnv.Instance().DisableTelemetryEvents();
    }
}
