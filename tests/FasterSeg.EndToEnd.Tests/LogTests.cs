using System.Text.Json;
using Xunit;

namespace FasterSeg.EndToEnd.Tests;

/// <summary>What a collector of logs sees.</summary>
public class LogTests
{
    [Fact]
    public async Task Every_line_of_the_log_is_an_event_in_json_with_the_job_that_it_is_about()
    {
        await using var bench = new Workbench();
        (RunningProgram profiler, string url) = await bench.StartProfilerAsync(0, "--log-format", "json");
        string configuration = bench.WriteConfiguration(),
            table = bench["t.json"];
        await bench.OkAsync(["profile", "--config", configuration, "--profiler", url, "--out", table]);
        profiler.Interrupt();
        var (code, output, error) = await profiler.WaitForEndAsync(Workbench.Stop);
        Assert.Equal((0, ""), (code, error));
        JsonElement[] events =
        [
            .. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<JsonElement>(line)),
        ];
        Assert.All(events, each => Assert.Matches("^(Information|Warning)$", each.GetProperty("LogLevel").GetString()));
        Assert.Contains(events, each =>
            each.TryGetProperty("Scopes", out JsonElement scopes)
            && scopes
                .EnumerateArray()
                .Any(scope =>
                    scope.ValueKind == JsonValueKind.Object
                    && scope.TryGetProperty("job", out JsonElement job)
                    && job.GetString()!.Length > 0
                )
        );
    }
}
