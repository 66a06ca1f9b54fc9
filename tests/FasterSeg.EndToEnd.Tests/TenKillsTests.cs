using System.Diagnostics;
using FasterSeg.Operators.Spaces;
using FasterSeg.Operators.Tables;
using FasterSeg.Profiler.Service.Store;
using FasterSeg.Protos.Profiler.V1;
using Grpc.Net.Client;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;
using JobState = FasterSeg.Protos.Profiler.V1.JobState;

namespace FasterSeg.EndToEnd.Tests;

/// <summary>
/// A table whose profiler and worker are killed at ten seeded moments, told by progress. <c>FASTERSEG_KILLS_CONFIG</c> names another
/// configuration and <c>FASTERSEG_KILLS_SEED</c> another seed.
/// </summary>
public class TenKillsTests
{
    private const int Kills = 10;

    [Fact]
    public async Task A_table_is_whole_after_ten_kills_and_no_more_than_ten_measurements_were_repeated()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "It looks for the worker in /proc.");
        int seed = int.TryParse(Environment.GetEnvironmentVariable("FASTERSEG_KILLS_SEED"), out int given) ? given : 1;
        await using var bench = new Workbench();
        string configuration = Environment.GetEnvironmentVariable("FASTERSEG_KILLS_CONFIG") ?? bench.WriteConfiguration(1e-12, seconds: 0.03);
        CountCommits(bench["store"]);
        (RunningProgram profiler, string url) = await bench.StartProfilerAsync();
        int port = new Uri(url).Port;
        RunningProgram client = bench.StartClient("profile", "--config", Path.GetFullPath(configuration), "--profiler", url, "--out", bench["t.json"]);
        await client.WaitForOutputAsync("profile  ", Workbench.Stop);

        Job job = await JobAsync(url, atLeast: 0);
        List<string> lives = [];
        int killedAt = 0, services = 0;
        foreach ((int moment, bool service) in Plan(new Random(seed), job.Total))
        {
            // Two entries after the last kill at the earliest: a worker that dies twice over one model has its entry failed.
            killedAt = (await JobAsync(url, atLeast: Math.Max(moment, killedAt + 2))).Done;
            TestContext.Current.SendDiagnosticMessage("seed {0}: the {1} is killed after {2} of {3} entries", seed, service ? "service" : "worker", killedAt, job.Total);
            if (service)
            {
                services++;
                profiler.KillAlone();
                lives.Add((await profiler.WaitForEndAsync(Workbench.Stop)).Output);
                (profiler, _) = await bench.StartProfilerAsync(port);
            }
            else
            {
                foreach (int worker in profiler.Children()) Kill(worker);
            }
        }
        var (code, output, error) = await client.WaitForEndAsync(Workbench.Stop);
        Assert.True(code == 0, output + error);
        int secondTries = lives.Append(profiler.Output).Sum(life => life.Split("replaced for a second try").Length - 1);

        LatencyTable table = LatencyTableJson.Load(bench["t.json"]);
        string[] expected = [.. table.Space!.Operators(full: true).Select(OperatorKey.Format).Order(StringComparer.Ordinal)];
        Assert.Equal(expected, table.Entries.Select(entry => entry.Spec.ToString()));
        Assert.DoesNotContain(table.Entries, entry => entry.Failure is not null);

        // A measurement was repeated where it was committed twice, begun again in a new worker, or in flight when the service died.
        (int commits, int measured) = Commits(bench["store"]);
        int repeated = commits - measured + secondTries + services;
        TestContext.Current.SendDiagnosticMessage("seed {0}: {1} measurements committed, {2} of them twice; {3} begun again in a new worker, {4} service kills",
            seed, commits, commits - measured, secondTries, services);
        Assert.Equal(commits, measured);
        Assert.InRange(measured, expected.Length - table.Entries.Count(entry => entry.Origin == EntryOrigin.Defined), int.MaxValue);
        Assert.InRange(repeated, services, Kills);
    }

    /// <summary>Ten moments, as entries done, in ascending order; at half of them the service is killed, else its worker.</summary>
    private static IEnumerable<(int Moment, bool Service)> Plan(Random random, int total)
    {
        // The last tenth is left for the end, so that no kill comes too late.
        int[] moments = [.. Enumerable.Range(0, Kills).Select(_ => random.Next(total / 20, total * 9 / 10)).Order()];
        bool[] services = [.. Enumerable.Range(0, Kills).Select(i => i % 2 == 0)];
        random.Shuffle(services);
        return moments.Zip(services);
    }

    /// <summary>Has the database count by itself what is committed, whoever writes it.</summary>
    private static void CountCommits(string store)
    {
        using SqliteConnection connection = new ProfilerDatabase(store, NullLogger<ProfilerDatabase>.Instance).Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = """
            CREATE TABLE committed (measurement INTEGER NOT NULL);
            CREATE TRIGGER inserted AFTER INSERT ON measurement BEGIN INSERT INTO committed VALUES (new.rowid); END;
            CREATE TRIGGER updated AFTER UPDATE ON measurement BEGIN INSERT INTO committed VALUES (new.rowid); END;
            """;
        command.ExecuteNonQuery();
        SqliteConnection.ClearPool(connection);
    }

    private static (int Commits, int Measured) Commits(string store)
    {
        using SqliteConnection connection = new ProfilerDatabase(store, NullLogger<ProfilerDatabase>.Instance).Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT count(*), count(DISTINCT measurement) FROM committed";
        using SqliteDataReader reader = command.ExecuteReader();
        Assert.True(reader.Read());
        (int, int) counts = (reader.GetInt32(0), reader.GetInt32(1));
        SqliteConnection.ClearPool(connection);
        return counts;
    }

    /// <summary>The only job, once it has that many entries.</summary>
    private static async Task<Job> JobAsync(string url, int atLeast)
    {
        using GrpcChannel channel = GrpcChannel.ForAddress(url);
        var client = new ProfilerService.ProfilerServiceClient(channel);
        while (true)
        {
            Job job = Assert.Single((await client.ListJobsAsync(new ListJobsRequest(), cancellationToken: Workbench.Stop)).Jobs);
            Assert.Equal(JobState.Running, job.State);
            if (job.Done >= atLeast) return job;
            await Task.Delay(10, Workbench.Stop);
        }
    }

    private static void Kill(int id)
    {
        using Process process = Process.GetProcessById(id);
        process.Kill();
    }
}
