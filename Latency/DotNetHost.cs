using System.Runtime.InteropServices;

namespace FasterSeg.Latency;

/// <summary>The dotnet program, for processes that run another part of this build.</summary>
public static class DotNetHost
{
    /// <summary>Path of the dotnet program of the runtime that this process runs on; its bare name where it does not lie beside
    /// that.</summary>
    public static string Program { get; } = Find();

    private static string Find()
    {
        string name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        string beside = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", name));
        return File.Exists(beside) ? beside : Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? name;
    }
}
