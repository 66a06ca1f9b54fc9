using FasterSeg.Profiler.Service.Store;
using FasterSeg.Profiler.Service.Tests.Engines;
using FasterSeg.Profiler.Service.Tests.Hosting;
using FasterSeg.Profiler.Service.Tests.Measuring;
using FasterSeg.Protos.Profiler.V1;
using FasterSeg.Tests.Disks;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using static Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;
using JobState = FasterSeg.Protos.Profiler.V1.JobState;

namespace FasterSeg.Profiler.Service.Tests.Store;

/// <summary>A whole service on a real socket whose disk is full, or whose store is taken away.</summary>
public sealed class UnavailableStoreTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static BuildTableRequest Request => new() { Space = ProfilerFixture.TinySpace, Options = ProfilerFixture.Once };

    [Fact]
    public async Task On_a_full_disk_a_job_pauses_says_so_and_goes_on_by_itself_when_there_is_room()
    {
        using TmpfsFolder? disk = TmpfsFolder.TryMake(mebibytes: 12);
        Assert.SkipWhen(disk is null, "A small disk needs the right to mount one.");
        using var gate = new SemaphoreSlim(0);
        await using WebApplication service = await FakeHost.StartAsync(Engine(() => gate.Wait(Cancellation)), disk.Path);
        using GrpcChannel channel = GrpcChannel.ForAddress(service.Urls.First());
        var client = new ProfilerService.ProfilerServiceClient(channel);
        using AsyncServerStreamingCall<BuildTableResponse> call = client.BuildTable(Request, cancellationToken: Cancellation);
        Assert.Equal(Serving, await HealthAsync(channel));
        gate.Release(10);
        Assert.True(await call.ResponseStream.MoveNext(Cancellation));
        disk.Fill();
        gate.Release(1_000_000);

        BuildTableResponse paused = await UntilAsync(call.ResponseStream, news => news.Paused.Length > 0);
        Assert.Contains("free space there", paused.Paused, StringComparison.Ordinal);
        Job job = (await client.GetJobAsync(new() { Id = paused.JobId }, cancellationToken: Cancellation)).Job;
        Assert.Equal((JobState.Paused, paused.Paused), (job.State, job.Message));
        Assert.Equal(NotServing, await HealthAsync(channel));
        using AsyncServerStreamingCall<BuildTableResponse> other = client.BuildTable(
            new()
            {
                Space = ProfilerFixture.TinySpace,
                Options = new(ProfilerFixture.Once) { Seed = 9 },
            },
            cancellationToken: Cancellation
        );
        RpcException refused = await Assert.ThrowsAsync<RpcException>(() => ProfilerFixture.CollectAsync(other.ResponseStream));
        Assert.Equal(StatusCode.Unavailable, refused.StatusCode);

        disk.Empty();
        BuildTableResponse last = await UntilAsync(call.ResponseStream, news => news.TableId.Length > 0);
        Assert.Equal("", last.Paused);
        Assert.Equal(
            "1 time",
            service.Services.GetRequiredService<TableStore>().Find(last.TableId)!.Table.Environment["paused_for_the_store"]
        );
        Assert.Equal(Serving, await HealthAsync(channel));
        Assert.Equal(JobState.Done, (await client.GetJobAsync(new() { Id = paused.JobId }, cancellationToken: Cancellation)).Job.State);
        SqliteConnection.ClearAllPools();
    }

    [Fact]
    public async Task A_job_that_pauses_can_be_cancelled_and_is_cancelled_also_where_nobody_can_write_that_down()
    {
        using TmpfsFolder? disk = TmpfsFolder.TryMake(mebibytes: 12);
        Assert.SkipWhen(disk is null, "A small disk needs the right to mount one.");
        using var gate = new SemaphoreSlim(0);
        await using WebApplication service = await FakeHost.StartAsync(Engine(() => gate.Wait(Cancellation)), disk.Path);
        using GrpcChannel channel = GrpcChannel.ForAddress(service.Urls.First());
        var client = new ProfilerService.ProfilerServiceClient(channel);
        using AsyncServerStreamingCall<BuildTableResponse> call = client.BuildTable(Request, cancellationToken: Cancellation);
        gate.Release(10);
        Assert.True(await call.ResponseStream.MoveNext(Cancellation));
        disk.Fill();
        gate.Release(1_000_000);
        string id = (await UntilAsync(call.ResponseStream, news => news.Paused.Length > 0)).JobId;
        await client.CancelJobAsync(new() { Id = id }, cancellationToken: Cancellation);
        Assert.Equal(JobState.Cancelled, (await client.GetJobAsync(new() { Id = id }, cancellationToken: Cancellation)).Job.State);
        RpcException again = await Assert.ThrowsAsync<RpcException>(async () =>
            await client.CancelJobAsync(new() { Id = id }, cancellationToken: Cancellation)
        );
        Assert.EndsWith("it is cancelled.", again.Status.Detail, StringComparison.Ordinal);

        disk.Empty();
        while (await HealthAsync(channel) != Serving)
            await Task.Delay(50, Cancellation);
        using AsyncServerStreamingCall<BuildTableResponse> next = client.BuildTable(Request, cancellationToken: Cancellation);
        Assert.Equal(id, (await UntilAsync(next.ResponseStream, news => news.TableId.Length > 0)).JobId);
        SqliteConnection.ClearAllPools();
    }

    [Fact]
    public async Task A_store_that_is_removed_while_the_profiler_runs_turns_its_health_bad_and_nothing_is_measured_for_it()
    {
        string folder = Directory.CreateTempSubdirectory("fasterseg-gone-").FullName,
            store = Path.Combine(folder, "store");
        await using WebApplication service = await FakeHost.StartAsync(Engine(() => { }), store);
        using GrpcChannel channel = GrpcChannel.ForAddress(service.Urls.First());
        var client = new ProfilerService.ProfilerServiceClient(channel);
        Assert.Equal(Serving, await HealthAsync(channel));
        Directory.Move(store, store + "-elsewhere");
        Assert.Equal(NotServing, await HealthAsync(channel));
        using AsyncServerStreamingCall<BuildTableResponse> build = client.BuildTable(Request, cancellationToken: Cancellation);
        RpcException refused = await Assert.ThrowsAsync<RpcException>(() => ProfilerFixture.CollectAsync(build.ResponseStream));
        Assert.Equal(StatusCode.Unavailable, refused.StatusCode);
        Assert.Contains("was removed or replaced", refused.Status.Detail, StringComparison.Ordinal);

        Directory.Move(store + "-elsewhere", store);
        Assert.Equal(Serving, await HealthAsync(channel));
        Directory.Delete(store, recursive: true);
        Assert.Equal(NotServing, await HealthAsync(channel));
        SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_store_whose_file_is_replaced_while_the_profiler_runs_turns_its_health_bad()
    {
        string folder = Directory.CreateTempSubdirectory("fasterseg-replaced-").FullName,
            store = Path.Combine(folder, "store");
        await using WebApplication service = await FakeHost.StartAsync(Engine(() => { }), store);
        using GrpcChannel channel = GrpcChannel.ForAddress(service.Urls.First());
        Assert.Equal(Serving, await HealthAsync(channel));
        string file = Path.Combine(store, "profiler.db");
        File.Copy(file, file + ".backup");
        File.Move(file + ".backup", file, overwrite: true);
        Assert.Equal(NotServing, await HealthAsync(channel));
        SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    private static FakeEngine Engine(Action opening)
    {
        var time = new SyntheticTime();
        return new FakeEngine
        {
            Time = time,
            Running = _ => time.Advance(1),
            Opening = _ => opening(),
        };
    }

    private static async Task<HealthCheckResponse.Types.ServingStatus> HealthAsync(GrpcChannel channel) =>
        (await new Health.HealthClient(channel).CheckAsync(new(), cancellationToken: Cancellation)).Status;

    private static async Task<BuildTableResponse> UntilAsync(
        IAsyncStreamReader<BuildTableResponse> stream,
        Func<BuildTableResponse, bool> isIt
    )
    {
        await foreach (BuildTableResponse news in stream.ReadAllAsync(Cancellation))
        {
            if (isIt(news))
                return news;
        }
        throw new InvalidOperationException("The stream ended before.");
    }
}
