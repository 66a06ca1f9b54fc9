using System.Text.RegularExpressions;
using Xunit;

namespace FasterSeg.EndToEnd.Tests;

/// <summary>A profiler that is gone, for good or for a while; in a class of its own, since its client looks for it for half a minute and
/// needs no processor for that.</summary>
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

    [Fact]
    public async Task A_sweep_waits_for_a_profiler_that_is_killed_while_it_measures_and_goes_on_when_it_is_back()
    {
        await using var bench = new Workbench();
        var (profiler, url) = await bench.StartProfilerAsync();
        // No confidence interval is ever that narrow, so each network takes its time cap. And no retry: this is no failure.
        string plan = SmallSweep.Write(
            bench,
            $$"""
            "profiler": "{{url}}", "seeds": [1], "stages": ["search", "measure"], "retries": 0,
            "settings": { "drawn": ["searching:method=random", "measuring:relativeHalfWidth=1e-12", "measuring:maximumSeconds=3"] }
            """
        );
        await bench.OkAsync(["sweep", "plan", "--config", plan, "--out", bench["sweep"], "--no-timing"]);
        RunningProgram program = bench.StartClient("sweep", "run", bench["sweep"]);
        string log = bench["sweep/logs/drawn-seed1.txt"];
        // The first network is measured, and the second one takes its three seconds.
        while (!File.Exists(log) || !File.ReadAllText(log).Contains(": estimate ", StringComparison.Ordinal))
        {
            Assert.False(program.HasEnded, program.Output + program.Error);
            await Task.Delay(5, Workbench.Stop);
        }
        profiler.Kill();
        string output = await program.WaitForOutputAsync("drawn-seed1 is paused in measure: ", Workbench.Stop);
        Assert.Matches($"is paused in measure: .*{Regex.Escape(url)}", output);
        await bench.StartProfilerAsync(new Uri(url).Port);
        (int code, output, string error) = await program.WaitForEndAsync(Workbench.Stop);
        Assert.True(code == 0, output + error);
        Assert.Contains("The one chain is done.", output, StringComparison.Ordinal);
        Assert.True(File.Exists(bench["sweep/runs/drawn-seed1/report.html"]));
        Assert.Equal(2, File.ReadLines(log).Count(line => line.StartsWith("$ fasterseg report ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_search_waits_for_a_profiler_that_is_killed_in_its_middle_and_ends_as_one_that_was_left_alone()
    {
        await using var bench = new Workbench();
        var (profiler, url) = await bench.StartProfilerAsync();
        string[] search = ["search", "--config", bench.WriteSearchConfiguration(), "--data", "synthetic", "--set", "searching:epochs=6"];
        RunningProgram program = bench.StartClient([.. search, "--profiler", url, "--measure-every", "1", "--out", bench["run"]]);
        await program.WaitForOutputAsync("epoch 1: student 32+8 measured", Workbench.Stop);
        profiler.Kill();
        string output = await program.WaitForOutputAsync("The search is paused: ", Workbench.Stop);
        Assert.Matches($"The search is paused: .*{Regex.Escape(url)}", output);
        await bench.StartProfilerAsync(new Uri(url).Port);
        (int code, output, string error) = await program.WaitForEndAsync(Workbench.Stop);
        Assert.True(code == 0, output + error);
        Assert.Contains("The search goes on.", output, StringComparison.Ordinal);
        Assert.Contains("epoch 6: teacher 32+16 measured", output, StringComparison.Ordinal);

        await bench.OkAsync([.. search, "--lut", bench["run/table.json"], "--out", bench["alone"]]);
        foreach (string file in new[] { "parameters.json", "student.json", "teacher.json" })
            Assert.Equal(File.ReadAllText(bench[$"alone/{file}"]), File.ReadAllText(bench[$"run/{file}"]));
    }
}
