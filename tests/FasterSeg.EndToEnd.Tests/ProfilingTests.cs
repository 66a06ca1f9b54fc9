using Xunit;

namespace FasterSeg.EndToEnd.Tests;

/// <summary>The service and the client as two processes.</summary>
public class ProfilingTests
{
    [Fact]
    public async Task A_table_and_a_network_are_measured_over_the_wire()
    {
        await using var bench = new Workbench();
        var (_, url) = await bench.StartProfilerAsync();
        string table = bench["tables/t.json"];

        var device = await bench.RunClientAsync("device", "--profiler", url);
        Assert.Equal((0, ""), (device.Code, device.Error));
        Assert.Contains("ONNX Runtime", device.Output, StringComparison.Ordinal);

        var profile = await bench.RunClientAsync("profile", "--config", bench.WriteConfiguration(), "--profiler", url, "--out", table);
        Assert.Equal((0, ""), (profile.Code, profile.Error));
        Assert.Contains("  100 %", profile.Output, StringComparison.Ordinal);

        var show = await bench.RunClientAsync("lut", "show", table);
        Assert.Equal((0, ""), (show.Code, show.Error));
        Assert.Contains("zoomed_conv_2x", show.Output, StringComparison.Ordinal);
        Assert.Contains("64x64, Fch 4, widths 6 12 /12, 4 layers, 3 classes", show.Output, StringComparison.Ordinal);

        var measure = await bench.RunClientAsync("measure", "--onnx", bench.WriteOnnx(), "--profiler", url, "--seconds", "0.2");
        Assert.Equal((0, ""), (measure.Code, measure.Error));
        Assert.Matches(@"latency +[0-9.]+ ms \(median\), [0-9.]+ frames/s", measure.Output);
        Assert.Contains("CPU", measure.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_an_address_the_client_measures_by_itself()
    {
        await using var bench = new Workbench();
        var measure = await bench.RunClientAsync("measure", "--onnx", bench.WriteOnnx(), "--seconds", "0.2");
        Assert.Equal((0, ""), (measure.Code, measure.Error));
        Assert.Matches(@"samples +[0-9]+", measure.Output);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_interruption_ends_the_client_with_130_and_no_file(bool ownProfiler)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signal to send.");
        await using var bench = new Workbench();
        string[] profiler = ownProfiler ? [] : ["--profiler", (await bench.StartProfilerAsync()).Url];
        string[] command = ["profile", "--config", bench.WriteConfiguration(1e-12, seconds: 2), "--out", bench["t.json"], .. profiler];
        RunningProgram client = bench.StartClient(command);
        await client.WaitForOutputAsync("profile  ", Workbench.Stop);
        client.Interrupt();

        var (code, _, error) = await client.WaitForEndAsync(Workbench.Stop);
        Assert.Equal((130, $"Interrupted. Go on with:\n  fasterseg {string.Join(' ', command)}"), (code, error.Trim()));
        Assert.Empty(Directory.GetFiles(bench.Folder, "t.json*"));
    }
}
