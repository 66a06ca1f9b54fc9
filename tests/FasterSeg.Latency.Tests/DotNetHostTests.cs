namespace FasterSeg.Latency.Tests;

public class DotNetHostTests
{
    private static readonly string Folder = Path.Combine(Path.GetTempPath(), "fasterseg here");

    [Fact]
    public void A_program_is_started_with_dotnet_where_dotnet_is_installed()
    {
        string assembly = Path.Combine(Folder, "fasterseg.dll");
        Assert.Equal([DotNetHost.Program, "exec", assembly], DotNetHost.Command(assembly));
        Assert.True(File.Exists(DotNetHost.Program), $"{DotNetHost.Program} is not there.");
    }

    [Fact]
    public void A_program_in_one_folder_with_its_runtime_is_started_by_itself()
    {
        string assembly = Path.Combine(Folder, "fasterseg-profiler.dll"),
            executable = "fasterseg-profiler" + (OperatingSystem.IsWindows() ? ".exe" : "");
        Assert.Equal([Path.Combine(Folder, executable)], DotNetHost.Command(assembly, Folder + Path.DirectorySeparatorChar));
    }
}
