using System.Runtime.InteropServices;

namespace FasterSeg.Latency;

/// <summary>The environment that native libraries of this process read. .NET keeps one of its own, and theirs does not hear of changes to
/// it.</summary>
public static partial class NativeEnvironment
{
    /// <summary>The variable that ONNX Runtime looks for before it notes on disk who uses it.</summary>
    public const string NoOnnxRuntimeTelemetry = "ORT_DISABLE_TELEMETRY";

    /// <summary>Sets a variable in both.</summary>
    public static void Set(string name, string value)
    {
        Environment.SetEnvironmentVariable(name, value);
        if (OperatingSystem.IsWindows())
            _ = PutEnvironment(name, value);
        else if (SetEnvironment(name, value, 1) != 0)
            throw new InvalidOperationException($"The environment does not take {name}.");
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);

    [LibraryImport("ucrtbase", EntryPoint = "_putenv_s", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int PutEnvironment(string name, string value);
}
