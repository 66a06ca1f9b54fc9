using Xunit;

namespace FasterSeg.EndToEnd.Tests;

/// <summary>A profiler that is gone for good; in a class of its own, since its client looks for it for half a minute and needs no processor
/// for that.</summary>
public class LostProfilerTests
{
    [Fact]
    public async Task A_profiler_killed_halfway_ends_the_client_with_a_sentence_and_no_file()
    {
        await using var bench = new Workbench();
        var (profiler, url) = await bench.StartProfilerAsync();
        // No confidence interval is ever that narrow, so each operator takes its time cap.
        RunningProgram client = bench.StartClient(
            "profile",
            "--config",
            bench.WriteConfiguration(1e-12, seconds: 2),
            "--profiler",
            url,
            "--out",
            bench["t.json"]
        );
        await client.WaitForOutputAsync("profile  ", Workbench.Stop);
        profiler.Kill();

        var (code, _, error) = await client.WaitForEndAsync(Workbench.Stop);
        Assert.Equal(3, code);
        Assert.Matches(
            $"^error: The profiler at {url} stopped answering after [0-9]+ of [0-9]+ measurements, and nothing was written: start it again",
            error
        );
        Assert.Single(error.Trim().Split('\n'));
        Assert.Empty(Directory.GetFiles(bench.Folder, "t.json*"));
    }
}
