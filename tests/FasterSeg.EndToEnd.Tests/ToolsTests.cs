using System.Runtime.InteropServices;
using Xunit;

namespace FasterSeg.EndToEnd.Tests;

/// <summary>The programs as others get them: as tools from packages, and as folders that need no .NET.</summary>
/// <param name="bench">Both are built in it, once: tests that run meanwhile shall find this repository's own output as it was.</param>
public class ToolsTests(Workbench bench) : IClassFixture<Workbench>
{
    private static readonly string Platform =
        (
            OperatingSystem.IsWindows() ? "win-"
            : OperatingSystem.IsMacOS() ? "osx-"
            : "linux-"
        ) + RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant();

    [Fact]
    public async Task The_programs_install_as_tools_and_run()
    {
        foreach (string project in new[] { "Search.Client", "Profiler.Service", "Fleet.Service" })
            await BuildAsync("pack", project, $"-p:ToolPackageRuntimeIdentifiers={Platform}", "-o", bench["packages"]);
        Assert.Equal(
            [
                "fasterseg-fleet.0.1.0.nupkg",
                $"fasterseg-fleet.{Platform}.0.1.0.nupkg",
                "fasterseg-profiler.0.1.0.nupkg",
                $"fasterseg-profiler.{Platform}.0.1.0.nupkg",
                "fasterseg.0.1.0.nupkg",
                $"fasterseg.{Platform}.0.1.0.nupkg",
            ],
            Directory.GetFiles(bench["packages"]).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );

        // Nothing but what was just packed.
        File.WriteAllText(
            bench["nuget.config"],
            $"""
            <configuration>
              <packageSources><clear /><add key="just-packed" value="{bench["packages"]}" /></packageSources>
            </configuration>
            """
        );
        foreach (string tool in new[] { "fasterseg", "fasterseg-profiler", "fasterseg-fleet" })
            await bench.DotNetAsync("tool", "install", tool, "--tool-path", bench["tools"], "--configfile", bench["nuget.config"]);
        AssertOfThisPlatform(bench["tools"]);
        Assert.Contains("quickstart", await bench.ExecutableAsync(Tool("fasterseg"), "--help"), StringComparison.Ordinal);
        Assert.Contains("--listen", await bench.ExecutableAsync(Tool("fasterseg-profiler"), "--help"), StringComparison.Ordinal);
        Assert.Contains("--silo-ca", await bench.ExecutableAsync(Tool("fasterseg-fleet"), "--help"), StringComparison.Ordinal);
        string made = await bench.ExecutableAsync(Tool("fasterseg-fleet"), "new-key", "shelf-1", "device");
        Assert.Matches("shelf-1 .* device\n", made);
        // Its profiler's worker and libtorch's check are processes of their own.
        AssertDevice(await bench.ExecutableAsync(Tool("fasterseg"), "device"));
        string measured = await bench.ExecutableAsync(Tool("fasterseg"), "measure", "--onnx", bench.WriteOnnx());
        Assert.Matches("[0-9.,]+ ms", measured);
    }

    [Fact]
    public async Task A_self_contained_folder_runs_without_dotnet_and_has_no_native_file_of_another_platform()
    {
        await BuildAsync("publish", "Search.Client", "-r", Platform, "--self-contained", "-o", bench["published"]);
        AssertOfThisPlatform(bench["published"]);
        string program = Path.Combine(bench["published"], Executable("fasterseg")),
            profiler = Path.Combine(bench["published"], Executable("fasterseg-profiler"));
        // No dotnet program is found: neither its place nor the path name one.
        bench.Environment["DOTNET_ROOT"] = bench.Environment["PATH"] = bench.Environment["DOTNET_HOST_PATH"] = bench["nowhere"];
        // Neither has another process kept which kernels are right.
        bench.Environment["XDG_CACHE_HOME"] = bench["cache"];
        try
        {
            AssertDevice(await bench.ExecutableAsync(program, "device"));
            Assert.Matches("[0-9.,]+ ms", await bench.ExecutableAsync(program, "measure", "--onnx", bench.WriteOnnx()));
            Assert.Contains("--listen", await bench.ExecutableAsync(profiler, "--help"), StringComparison.Ordinal);
        }
        finally
        {
            bench.Environment.Clear();
        }
    }

    [Theory]
    [InlineData("linux-x64", "libonnxruntime.so"), InlineData("linux-arm64", "libonnxruntime.so")]
    [InlineData("win-x64", "onnxruntime.dll"), InlineData("win-arm64", "onnxruntime.dll"), InlineData("osx-arm64", "libonnxruntime.dylib")]
    public void A_native_file_tells_its_platform(string platform, string file)
    {
        string told = NativeFile.PlatformOf(Path.Combine(AppContext.BaseDirectory, "runtimes", platform, "native", file)) ?? "";
        Assert.Equal(platform.StartsWith("osx", StringComparison.Ordinal) ? "osx" : platform, told);
        Assert.Null(NativeFile.PlatformOf(typeof(ToolsTests).Assembly.Location));
    }

    /// <summary>Packs or publishes a project, from its sources and into the workbench alone.</summary>
    private Task<string> BuildAsync(string command, string project, params string[] more) =>
        bench.DotNetAsync(
            command,
            [
                Programs.Project(project),
                "-c",
                Programs.Configuration,
                "--artifacts-path",
                bench["artifacts"],
                "-p:RunAnalyzers=false",
                "-p:NuGetAudit=false",
                "-m:1",
                "-nodeReuse:false",
                .. more,
            ]
        );

    /// <summary>That the device is told, and that libtorch could be checked: that takes a process, and the library.</summary>
    private static void AssertDevice(string output)
    {
        Assert.Contains("logical cores", output, StringComparison.Ordinal);
        Assert.Matches("libtorch +[^ ]", output);
        Assert.DoesNotContain("cannot be loaded", output, StringComparison.Ordinal);
    }

    private static void AssertOfThisPlatform(string folder)
    {
        string[] files = Directory.GetFiles(folder, "*", SearchOption.AllDirectories);
        Assert.Contains(files, file => Path.GetFileNameWithoutExtension(file).EndsWith("onnxruntime", StringComparison.Ordinal));
        (string File, string? Platform)[] native = [.. files.Select(file => (file, NativeFile.PlatformOf(file)))];
        Assert.DoesNotContain(native, item => item.Platform is { } other && !Platform.StartsWith(other, StringComparison.Ordinal));
    }

    private string Tool(string name) => Path.Combine(bench["tools"], Executable(name));

    private static string Executable(string name) => name + (OperatingSystem.IsWindows() ? ".exe" : "");
}
