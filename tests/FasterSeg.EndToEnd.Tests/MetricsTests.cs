using Xunit;

namespace FasterSeg.EndToEnd.Tests;

/// <summary>What a Prometheus server and a stranger to the code see.</summary>
public class MetricsTests
{
    [Fact]
    public async Task Measurements_are_counted_on_a_page_of_their_own()
    {
        await using var bench = new Workbench();
        int port = FreePort.Next();
        (_, string url) = await bench.StartProfilerAsync(0, "--metrics", FormattableString.Invariant($"127.0.0.1:{port}"));
        await bench.OkAsync(["measure", "--onnx", bench.WriteOnnx(), "--profiler", url, "--seconds", "0.1"]);
        using var http = new HttpClient();
        string page = await http.GetStringAsync(new Uri(FormattableString.Invariant($"http://127.0.0.1:{port}/metrics")), Workbench.Stop);
        Assert.Matches("(?m)^fasterseg_measurements_total\\{.*kind=\"model\".*\\} 1$", page);
        Assert.Matches("(?m)^fasterseg_worker_starts_total.* 1$", page);
        Assert.Matches("(?m)^fasterseg_running_jobs.* 0$", page);
    }
}
