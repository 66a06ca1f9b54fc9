using System.Diagnostics;
using FasterSeg.Latency.Tables;
using Xunit;

namespace FasterSeg.EndToEnd.Tests;

/// <summary>
/// A table during whose building the service and its worker are killed ten times, at moments that a seed chooses. FASTERSEG_KILLS_CONFIG
/// names a configuration with a larger space than the usual one.
/// </summary>
public sealed class TenKillsTests
{
    private const int Kills = 10,
        Seed = 20261125;

    [Fact]
    public async Task A_table_has_every_key_once_after_ten_kills_and_nothing_that_was_committed_is_measured_again()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "It looks for the worker in /proc.");
        await using var bench = new Workbench();
        string configuration =
                Environment.GetEnvironmentVariable("FASTERSEG_KILLS_CONFIG") ?? bench.WriteConfiguration(seconds: 0.2, sessions: 2),
            table = bench["t.json"];
        (RunningProgram profiler, string url) = await bench.StartProfilerAsync();
        int port = new Uri(url).Port;
        var audit = new MeasurementAudit(bench["store"]);
        long start = Stopwatch.GetTimestamp();
        RunningProgram client = bench.StartClient("profile", "--config", configuration, "--profiler", url, "--out", table);

        var random = new Random(Seed);
        bool[] ofTheService = [.. Enumerable.Range(0, Kills).Select(i => i % 2 == 0)];
        random.Shuffle(ofTheService);
        int total = await TotalAsync(url);
        // Within the first half of what the job needs at least, so that it is still at it.
        int[] moments = [.. Enumerable.Range(0, Kills).Select(_ => 1 + random.Next(total / 2)).Order()];
        int lastKill = 0;
        for (int kill = 0; kill < Kills; kill++)
        {
            // Something new between two kills, or the second would find nobody at work.
            await CommittedAsync(audit, Math.Max(moments[kill], lastKill + 3), client);
            if (ofTheService[kill])
            {
                profiler.KillAlone();
                (profiler, _) = await bench.StartProfilerAsync(port);
            }
            else
            {
                Assert.Equal(1, ChildProcesses.Kill(profiler.Id));
            }
            lastKill = audit.Committed;
        }

        var (code, output, error) = await client.WaitForEndAsync(Workbench.Stop);
        Assert.True(code == 0, output + error);
        LatencyTable built = LatencyTableJson.Load(table);
        Assert.Equal(
            built.Space!.Operators(full: true),
            built.Entries.Select(entry => entry.Spec).OrderBy(spec => spec.ToString(), StringComparer.Ordinal)
        );
        Assert.DoesNotContain(built.Entries, entry => entry.Failure is not null);
        Assert.Equal(1, audit.Jobs);
        // One measurement is under way at a time, so each kill has at most one repeated that was not committed, and here are those that
        // were.
        Assert.Equal(0, audit.Repeated);
        TestContext.Current.TestOutputHelper?.WriteLine(
            FormattableString.Invariant(
                $"{built.Entries.Count} entries, {audit.Committed} committed measurements, {audit.Repeated} of them repeated; "
            )
                + FormattableString.Invariant(
                    $"{ofTheService.Count(each => each)} kills of the service, {ofTheService.Count(each => !each)} of the worker, at "
                )
                + FormattableString.Invariant(
                    $"{string.Join(", ", moments)} of {total}; {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s"
                )
        );
    }

    /// <summary>How many measurements the job needs at least, as soon as there is one.</summary>
    private static async Task<int> TotalAsync(string url)
    {
        using var channel = Grpc.Net.Client.GrpcChannel.ForAddress(url);
        var profiler = new Protos.Profiler.V1.ProfilerService.ProfilerServiceClient(channel);
        while (true)
        {
            if ((await profiler.ListJobsAsync(new(), cancellationToken: Workbench.Stop)).Jobs is [{ Total: > 0 and var total }])
                return total;
            await Task.Delay(20, Workbench.Stop);
        }
    }

    private static async Task CommittedAsync(MeasurementAudit audit, int count, RunningProgram client)
    {
        while (audit.Committed < count)
        {
            Assert.False(
                client.HasEnded,
                $"The table was finished, or given up, before the kill at {count}: {client.Output}{client.Error}"
            );
            await Task.Delay(10, Workbench.Stop);
        }
    }
}
