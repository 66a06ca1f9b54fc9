using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using FasterSeg.Protos.Profiler.V1;
using Grpc.Net.Client;
using Xunit;

namespace FasterSeg.EndToEnd.Tests;

/// <summary>A profiler and its worker that are killed while a table is being built.</summary>
public partial class DurabilityTests
{
    [Fact]
    public async Task A_table_is_whole_after_its_profiler_was_killed_again_and_again()
    {
        await using var bench = new Workbench();
        // About 130 operators in two sessions each, of which each service measures ten and some more before it is killed.
        string configuration = bench.WriteConfiguration(seconds: 0.2, sessions: 2),
            table = bench["t.json"];
        (RunningProgram profiler, string url) = await bench.StartProfilerAsync();
        int port = new Uri(url).Port;
        RunningProgram client = bench.StartClient("profile", "--config", configuration, "--profiler", url, "--out", table);
        await client.WaitForOutputAsync("profile  ", Workbench.Stop);
        for (int kill = 0; kill < 3; kill++)
        {
            Job before = await AfterTenMoreAsync(url);
            profiler.Kill();
            (profiler, _) = await bench.StartProfilerAsync(port);
            // It goes on by itself, behind all that it had told of.
            Match log = GoesOn().Match(await profiler.WaitForOutputAsync("goes on behind", Workbench.Stop));
            Assert.InRange(Number(log, "count"), before.Done, before.Total - 1);
        }
        // The client was there all the time.
        var (code, output, error) = await client.WaitForEndAsync(Workbench.Stop);
        Assert.True(code == 0, output + error);
        Assert.Equal(0, AssertWhole(table));
    }

    [Fact]
    public async Task A_killed_worker_costs_one_entry_and_not_the_table()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "It looks for the worker in /proc.");
        await using var bench = new Workbench();
        string table = bench["t.json"];
        (RunningProgram profiler, string url) = await bench.StartProfilerAsync();
        RunningProgram client = bench.StartClient(
            "profile",
            "--config",
            bench.WriteConfiguration(seconds: 0.05),
            "--profiler",
            url,
            "--out",
            table
        );
        await client.WaitForOutputAsync("profile  ", Workbench.Stop);
        ChildProcesses.Kill(profiler.Id);
        Assert.Equal(0, (await client.WaitForEndAsync(Workbench.Stop)).Code);
        Assert.InRange(AssertWhole(table), 0, 1);
    }

    /// <summary>The only job, ten measurements after the first look at it.</summary>
    private static async Task<Job> AfterTenMoreAsync(string url)
    {
        using GrpcChannel channel = GrpcChannel.ForAddress(url);
        var client = new ProfilerService.ProfilerServiceClient(channel);
        for (int first = -1; ; await Task.Delay(20, Workbench.Stop))
        {
            Job job = Assert.Single((await client.ListJobsAsync(new ListJobsRequest(), cancellationToken: Workbench.Stop)).Jobs);
            Assert.Equal(JobState.Running, job.State);
            if (first < 0 && job.SecondsLeft > 0)
                first = job.Done;
            if (first >= 0 && job.Done >= first + 10)
                return job;
        }
    }

    private static int Number(Match match, string group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    /// <summary>Every operator of the space once; returns how many failed.</summary>
    private static int AssertWhole(string table)
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(table));
        string[] keys =
        [
            .. json.RootElement.GetProperty("entries").EnumerateArray().Select(entry => entry.GetProperty("key").GetString()!),
        ];
        Assert.Equal(keys.Distinct(), keys);
        Assert.InRange(keys.Length, 100, 200);
        return json.RootElement.GetProperty("entries").EnumerateArray().Count(entry => entry.TryGetProperty("failure", out _));
    }

    [GeneratedRegex("goes on behind (?<count>[0-9]+) of (?<total>[0-9]+)")]
    private static partial Regex GoesOn();
}
