using System.Text.Json.Nodes;
using Dapper;
using FasterSeg.Latency.Tables;
using FasterSeg.Protos.Profiler.V1;
using Grpc.Net.Client;
using Microsoft.Data.Sqlite;
using Xunit;

namespace FasterSeg.EndToEnd.Tests;

/// <summary>A store that an earlier build of the service left behind, with a table and a job that was killed halfway.</summary>
public class EarlierStoreTests
{
    private const string Table = "308d22dbc28b",
        HalfDone = "4a5ea788e006";

    [Fact]
    public async Task A_job_of_an_earlier_build_goes_on_and_its_table_is_served()
    {
        await using var bench = new Workbench();
        Device here = await DeviceAsync(bench);
        Directory.Delete(bench["store"], recursive: true);
        EarlierFiles.Unpack("store", bench);
        MoveTo(here, bench["store/profiler.db"]);

        var (profiler, url) = await bench.StartProfilerAsync();
        string log = await profiler.WaitForOutputAsync("goes on behind", Workbench.Stop);
        Assert.Contains($"{HalfDone} goes on behind 83 of ", log, StringComparison.Ordinal);
        await bench.OkAsync([
            "profile",
            "--config",
            EarlierFiles.Configuration,
            "--set",
            "space:fch=4",
            "--set",
            "measuring:sessions=2",
            "--set",
            "measuring:maximumSeconds=0.1",
            "--profiler",
            url,
            "--out",
            bench["half.json"],
        ]);
        Assert.Contains("64x64, Fch 4", await bench.OkAsync(["lut", "show", bench["half.json"]]), StringComparison.Ordinal);

        using GrpcChannel channel = GrpcChannel.ForAddress(url);
        var client = new ProfilerService.ProfilerServiceClient(channel);
        Job job = Assert.Single((await client.ListJobsAsync(new ListJobsRequest(), cancellationToken: Workbench.Stop)).Jobs, job =>
            job.Id == HalfDone
        );
        Assert.Equal(JobState.Done, job.State);
        EarlierFiles.Unpack("finished", bench);
        LatencyTable kept = LatencyTableJson.Load(bench["finished/table.json"]),
            served = LatencyTableJson.Load(await ServedTable.SaveAsync(channel, Table, bench["served.json"]));
        Assert.Equal(kept.Identity, served.Identity);
        Assert.Equal(kept.Entries.Select(entry => entry.ToString()), served.Entries.Select(entry => entry.ToString()));
    }

    /// <summary>This machine as the service sees it.</summary>
    private static async Task<Device> DeviceAsync(Workbench bench)
    {
        var (profiler, url) = await bench.StartProfilerAsync();
        using GrpcChannel channel = GrpcChannel.ForAddress(url);
        var client = new ProfilerService.ProfilerServiceClient(channel);
        Device device = (await client.GetDeviceAsync(new GetDeviceRequest(), cancellationToken: Workbench.Stop)).Device;
        profiler.Kill();
        await profiler.WaitForEndAsync(Workbench.Stop);
        return device;
    }

    /// <summary>A job goes on only where it began: as if this machine were that one.</summary>
    private static void MoveTo(Device device, string database)
    {
        using var store = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = database, Pooling = false }.ToString());
        JsonObject identity = JsonNode
            .Parse(store.ExecuteScalar<string>("SELECT identity FROM job WHERE id = @HalfDone", new { HalfDone })!)!
            .AsObject();
        foreach (
            (string name, string value) in new[]
            {
                ("DeviceName", device.Name),
                ("DeviceUuid", device.Uuid),
                ("OnnxRuntime", device.OnnxruntimeVersion),
            }
        )
        {
            Assert.True(identity.ContainsKey(name));
            identity[name] = value;
        }
        // Short runs were timed one by one then, so such a job would not go on today: the store is what this is about.
        identity["Protocol"] = ((string)identity["Protocol"]!).Replace("sessions-v4", "sessions-v5", StringComparison.Ordinal);
        Assert.Equal(
            1,
            store.Execute("UPDATE job SET identity = @json WHERE id = @HalfDone", new { json = identity.ToJsonString(), HalfDone })
        );
    }
}
