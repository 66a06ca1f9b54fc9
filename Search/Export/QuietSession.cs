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
        OrtEnv.Instance().DisableTelemetryEvents();
        return new InferenceSession(onnx);
    }

    /// <summary>Opens a model's file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="OnnxRuntimeException">It is no model, or cannot be loaded.</exception>
    public static InferenceSession Open(string path)
    {
        OrtEnv.Instance().DisableTelemetryEvents();
        return new InferenceSession(path);
    }
}
