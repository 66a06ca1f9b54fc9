using Xunit;

namespace FasterSeg.EndToEnd.Tests;

/// <summary>Nothing of what is measured is noted for somebody else.</summary>
public class QuietRuntimeTests
{
    [Fact]
    public async Task A_network_that_is_looked_at_leaves_no_trace_of_its_machine_in_the_users_folders()
    {
        await using var bench = new Workbench();
        foreach (string name in new[] { "HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME" })
            bench.Environment[name] = bench[name];
        GreyPng.Write(bench["street.png"], 32, 32, _ => 100);

        // The service, its worker and the client each begin an environment of ONNX Runtime; the last one ends at this network, which is
        // none of ours.
        await bench.OkAsync(["measure", "--onnx", bench.WriteOnnx(), "--seconds", "0.05"]);
        await bench.FailAsync(1, ["predict", "--onnx", bench.WriteOnnx(), "--image", bench["street.png"], "--out", bench["overlay.png"]]);

        // A profiler of its own, whose worker and then itself are ended in the middle of their work.
        (RunningProgram profiler, string url) = await bench.StartProfilerAsync();
        await bench.OkAsync(["measure", "--onnx", bench["net.onnx"], "--seconds", "0.05", "--profiler", url]);
        ChildProcesses.Kill(profiler.Id);
        await bench.OkAsync(["measure", "--onnx", bench["net.onnx"], "--seconds", "0.05", "--profiler", url]);
        profiler.KillAlone();

        Assert.DoesNotContain(Directory.EnumerateFiles(bench.Folder, "*", SearchOption.AllDirectories), file =>
            file.Contains("onnxruntime", StringComparison.OrdinalIgnoreCase)
            || file.EndsWith(".ses", StringComparison.Ordinal)
            || Path.GetFileName(file) == "deviceid"
        );
    }
}
