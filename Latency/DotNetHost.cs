using System.Runtime.InteropServices;

namespace FasterSeg.Latency;

/// <summary>How a process runs another part of this build: with the dotnet program, or with the part's own where .NET lies beside
/// it.</summary>
public static class DotNetHost
{
    /// <summary>Path of the dotnet program of the runtime that this process runs on; its bare name where it does not lie beside
    /// that.</summary>
    public static string Program { get; } = Find();

    /// <summary>The words that start a program of this build: its file, then what precedes its own arguments.</summary>
    /// <param name="assembly">Path of the program's assembly, a .dll beside this process's own.</param>
    /// <returns>At least one word. A self-contained folder brings .NET along without the dotnet program; there it is the program's own
    /// executable.</returns>
    public static string[] Command(string assembly) => Command(assembly, RuntimeEnvironment.GetRuntimeDirectory());

    /// <summary>The same for a process whose .NET lies in a folder.</summary>
    internal static string[] Command(string assembly, string runtimeFolder) =>
        Full(runtimeFolder) == Full(Path.GetDirectoryName(assembly)!)
            ? [Path.ChangeExtension(assembly, OperatingSystem.IsWindows() ? ".exe" : null)]
            : [Program, "exec", assembly];

    private static string Full(string folder) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));

    private static string Find()
    {
        string name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        string beside = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", name));
        return File.Exists(beside) ? beside : Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? name;
    }
}
