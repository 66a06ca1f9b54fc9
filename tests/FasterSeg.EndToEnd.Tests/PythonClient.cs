using Xunit;

namespace FasterSeg.EndToEnd.Tests;

/// <summary>examples/python/profiler.py, and what it needs.</summary>
internal static class PythonClient
{
    private const string Plugin = "/usr/bin/grpc_python_plugin";

    /// <summary>The example.</summary>
    public static string Example { get; } = Path.Combine(RepositoryRoot.Path, "examples", "python", "profiler.py");

    /// <summary>Skips the test where it cannot run.</summary>
    public static async Task RequireAsync()
    {
        await OutsideProgram.RequirePythonAsync("grpc", "google.protobuf");
        Assert.SkipUnless(File.Exists(Plugin), $"There is no {Plugin}: .ci/run installs protobuf-compiler-grpc.");
    }

    /// <summary>Makes the contract's modules, as the example says.</summary>
    public static async Task WriteModulesAsync(string folder)
    {
        string protos = Path.Combine(RepositoryRoot.Path, "Protos");
        await OutsideProgram.RunAsync(
            "protoc",
            [
                "-I",
                protos,
                "--python_out=.",
                "--grpc_out=.",
                "--plugin=protoc-gen-grpc=" + Plugin,
                Path.Combine(protos, "fasterseg", "profiler", "v1", "profiler.proto"),
            ],
            folder
        );
    }
}
