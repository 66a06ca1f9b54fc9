using FasterSeg.Latency;
using Microsoft.ML.OnnxRuntime;

namespace FasterSeg.Profiler.Service.Engines;

/// <summary>ONNX Runtime's environment, with its telemetry off: nothing of what is measured leaves the machine.</summary>
public static class QuietRuntime
{
    private static readonly Lazy<string> LazyVersion = new(() =>
    {
        // Before the library is loaded: it notes who uses it on disk when its environment begins, and only its own C environment is asked.
        NativeEnvironment.Set(NativeEnvironment.NoOnnxRuntimeTelemetry, "1");
        OrtEnv environment = OrtEnv.Instance();
        environment.DisableTelemetryEvents();
        return environment.GetVersionString();
    });

    /// <summary>Starts the environment, where it is not started yet, and gives ONNX Runtime's version.</summary>
    public static string Version => LazyVersion.Value;
}
