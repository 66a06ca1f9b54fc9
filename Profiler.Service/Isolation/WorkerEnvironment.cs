namespace FasterSeg.Profiler.Service.Isolation;

/// <summary>The environment of a worker: what .NET and the device's libraries need, and nothing that somebody keeps secret.</summary>
internal static class WorkerEnvironment
{
    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        "PATH", "HOME", "USER", "LANG", "TZ", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH",
        // Without these Windows starts nothing.
        "SystemRoot", "SystemDrive", "windir", "USERPROFILE", "ProgramFiles", "ProgramData", "NUMBER_OF_PROCESSORS", "PATHEXT",
    };

    private static readonly string[] Prefixes = ["DOTNET_", "LC_", "CUDA_", "NVIDIA_", "CUDNN_", "ORT_", "OMP_"];

    /// <summary>Leaves in an environment what a worker may see, and names its folder for temporary files.</summary>
    public static void Clean(IDictionary<string, string?> environment, string temporaryFolder)
    {
        foreach (string name in environment.Keys.Where(name => !Names.Contains(name) && !Prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))).ToArray())
            environment.Remove(name);
        foreach (string name in OperatingSystem.IsWindows() ? new[] { "TEMP", "TMP" } : ["TMPDIR"]) environment[name] = temporaryFolder;
        // Collections would disturb a measurement; the worker has little to collect.
        environment["DOTNET_gcServer"] = "0";
        environment["DOTNET_gcConcurrent"] = "0";
        // No socket for debuggers and profilers.
        environment["DOTNET_EnableDiagnostics"] = "0";
    }
}
