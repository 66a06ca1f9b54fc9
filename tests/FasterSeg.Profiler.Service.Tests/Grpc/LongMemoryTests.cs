using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Grpc;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Profiler.Service.Store;
using FasterSeg.Profiler.Service.Tests.Engines;
using FasterSeg.Profiler.Service.Tests.Hosting;
using FasterSeg.Protos.Profiler.V1;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using SearchSpace = FasterSeg.Latency.Spaces.SearchSpace;

namespace FasterSeg.Profiler.Service.Tests.Grpc;

/// <summary>A profiler that has been at work for years answers as a new one does.</summary>
public sealed class LongMemoryTests : IDisposable
{
    private static readonly SearchSpace Space = SearchSpace.Paper(256, 512);

    private readonly string folder = Directory.CreateTempSubdirectory("fasterseg-years-").FullName;

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Lists_hold_the_newest_and_no_more()
    {
        var engine = new FakeEngine();
        await using WebApplication application = await FakeHost.StartAsync(engine, folder);
        using GrpcChannel channel = GrpcChannel.ForAddress(application.Urls.First());
        TableStore tables = application.Services.GetRequiredService<TableStore>();
        JobStore jobs = application.Services.GetRequiredService<JobStore>();
        string last = "",
            lastJob = "";
        for (int i = 0; i <= LatencyTableGrpcService.MostListed; i++)
            last = tables.Save(Table(i)).Id;
        for (int i = 0; i <= ProfilerGrpcService.MostListed; i++)
            lastJob = jobs.Add(Space, new MeasurementSettings(), engine.Identity(new())).Id;

        var listed = (
            await new LatencyTableService.LatencyTableServiceClient(channel).ListTablesAsync(
                new(),
                cancellationToken: TestContext.Current.CancellationToken
            )
        ).Tables;
        Assert.Equal((LatencyTableGrpcService.MostListed, last), (listed.Count, listed[0].Id));
        var listedJobs = (
            await new ProfilerService.ProfilerServiceClient(channel).ListJobsAsync(
                new(),
                cancellationToken: TestContext.Current.CancellationToken
            )
        ).Jobs;
        Assert.Equal((ProfilerGrpcService.MostListed, lastJob), (listedJobs.Count, listedJobs[0].Id));
    }

    private static LatencyTable Table(int minute) =>
        new(
            new TableIdentity("fake", "FAKE-0", null, null, "cpu", null, null, null, "fp32", 1, 1, "test"),
            Space,
            [new(new(OperatorKind.Conv, 32, 64, 48, 48), EntryOrigin.Imported, 1)],
            DateTimeOffset.UnixEpoch.AddMinutes(minute)
        );
}
