using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Profiler.Service.Store;
using FasterSeg.Profiler.Service.Tests.Engines;
using FasterSeg.Profiler.Service.Tests.Hosting;
using FasterSeg.Protos.Profiler.V1;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace FasterSeg.Profiler.Service.Tests.Grpc;

public sealed class ListPagesTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("fasterseg-pages-").FullName;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Jobs_come_page_by_page_without_their_spaces_and_without_going_through_them()
    {
        var engine = new FakeEngine();
        await using WebApplication application = await FakeHost.StartAsync(engine, folder);
        using GrpcChannel channel = GrpcChannel.ForAddress(application.Urls.First());
        JobStore jobs = application.Services.GetRequiredService<JobStore>();
        var space = Latency.Spaces.SearchSpace.Paper(256, 512);
        string[] ids =
        [
            .. Enumerable
                .Range(0, 25)
                .Select(i => jobs.Add(space, new MeasurementSettings(), engine.Identity(new()), "anna", sessions: 1000 + i).Id)
                .Reverse(),
        ];
        var client = new ProfilerService.ProfilerServiceClient(channel);
        List<Job> all = [];
        string token = "";
        int pages = 0;
        do
        {
            ListJobsResponse page = await client.ListJobsAsync(new() { PageSize = 10, PageToken = token }, cancellationToken: Stop);
            all.AddRange(page.Jobs);
            token = page.NextPageToken;
            pages++;
        } while (token.Length > 0);
        Assert.Equal((3, true), (pages, ids.SequenceEqual(all.Select(job => job.Id))));
        Assert.All(all, job => Assert.True(job is { Space: null, Identity: null }));
        // A number that no such space has: it was noted, and not counted anew.
        Assert.Equal(1024, all[0].Total);
        ListJobsResponse old = await client.ListJobsAsync(new(), cancellationToken: Stop);
        Assert.Equal((25, "", 256), (old.Jobs.Count, old.NextPageToken, old.Jobs[0].Space.Height));
    }

    [Theory]
    [InlineData(-1, "", "page_size"), InlineData(100_000, "", "page_size"), InlineData(10, "no such token", "page_token")]
    public async Task A_page_that_is_none_is_refused(int size, string token, string field)
    {
        await using WebApplication application = await FakeHost.StartAsync(new FakeEngine(), folder);
        using GrpcChannel channel = GrpcChannel.ForAddress(application.Urls.First());
        RpcException jobs = await Assert.ThrowsAsync<RpcException>(async () =>
            await new ProfilerService.ProfilerServiceClient(channel).ListJobsAsync(
                new() { PageSize = size, PageToken = token },
                cancellationToken: Stop
            )
        );
        Assert.Equal(field, Assert.Single(RefusalTests.Violations(jobs)).Field);
        RpcException tables = await Assert.ThrowsAsync<RpcException>(async () =>
            await new LatencyTableService.LatencyTableServiceClient(channel).ListTablesAsync(
                new() { PageSize = size, PageToken = token },
                cancellationToken: Stop
            )
        );
        Assert.Equal(field, Assert.Single(RefusalTests.Violations(tables)).Field);
    }
}
