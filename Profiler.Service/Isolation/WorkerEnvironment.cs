using System.Globalization;
using FasterSeg.Latency;
using FasterSeg.Profiler.Service.Engines;

namespace FasterSeg.Profiler.Service.Isolation;

/// <summary>The environment of a worker: what .NET and the device's libraries need, and nothing that somebody keeps secret.</summary>
public static class WorkerEnvironment
{
    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        "PATH",
        "HOME",
        "USER",
        "LANG",
        "TZ",
        "LD_LIBRARY_PATH",
        "DYLD_LIBRARY_PATH",
        // Without these Windows starts nothing.
        "SystemRoot",
        "SystemDrive",
        "windir",
        "USERPROFILE",
        "ProgramFiles",
        "ProgramData",
        "NUMBER_OF_PROCESSORS",
        "PATHEXT",
    };

    private static readonly string[] Prefixes = ["DOTNET_", "LC_", "CUDA_", "NVIDIA_", "CUDNN_", "ORT_", "OMP_"];

    /// <summary>Leaves in an environment what a worker may see, names its folder for temporary files, and says what it measures
    /// with.</summary>
    public static void Prepare(IDictionary<string, string?> environment, string temporaryFolder, EngineChoice choice)
    {
        foreach (
            string name in environment
                .Keys.Where(name =>
                    !Names.Contains(name) && !Prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
                )
                .ToArray()
        )
            environment.Remove(name);
        foreach (string name in OperatingSystem.IsWindows() ? new[] { "TEMP", "TMP" } : ["TMPDIR"])
            environment[name] = temporaryFolder;
        // Collections would disturb a measurement; the worker has little to collect.
        environment["DOTNET_gcServer"] = "0";
        environment["DOTNET_gcConcurrent"] = "0";
        // No socket for debuggers and profilers.
        environment["DOTNET_EnableDiagnostics"] = "0";
        environment[NativeEnvironment.NoOnnxRuntimeTelemetry] = "1";
        foreach ((string name, string value) in Of(choice, temporaryFolder))
            environment[name] = value;
    }

    /// <summary>What a GPU's libraries are told, by name; nothing on a CPU.</summary>
    /// <param name="choice">What the worker measures with.</param>
    /// <param name="temporaryFolder">The worker's own folder.</param>
    public static IReadOnlyDictionary<string, string> Of(EngineChoice choice, string temporaryFolder)
    {
        if (choice.IsCpu)
            return new Dictionary<string, string>();
        return new Dictionary<string, string>
        {
            // CUDA counts the fastest device first, unless it is told to count as nvidia-smi does. With one device visible, it is number 0.
            ["CUDA_DEVICE_ORDER"] = "PCI_BUS_ID",
            ["CUDA_VISIBLE_DEVICES"] = choice.Device.ToString(CultureInfo.InvariantCulture),
            // Its usual place is in the home folder, where a worker may not write.
            ["CUDA_CACHE_PATH"] = temporaryFolder,
            // fp32 means fp32: neither cuDNN nor TensorRT may round to TF32.
            ["NVIDIA_TF32_OVERRIDE"] = "0",
        };
    }
}
