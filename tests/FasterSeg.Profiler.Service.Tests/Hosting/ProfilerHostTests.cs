using System.Net;
using FasterSeg.Latency;
using FasterSeg.Profiler.Service.Hosting;
using FasterSeg.Profiler.Service.Store;
using FasterSeg.Protos.Profiler.V1;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Grpc.Reflection.V1Alpha;
using Microsoft.Extensions.Logging.Abstractions;

namespace FasterSeg.Profiler.Service.Tests.Hosting;

public sealed class ProfilerHostTests(ProfilerFixture host) : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("fasterseg-host-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task The_health_service_answers()
    {
        HealthCheckResponse health = await new Health.HealthClient(host.Channel).CheckAsync(new(), cancellationToken: Cancellation);
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, health.Status);
    }

    [Fact]
    public async Task The_reflection_service_names_the_contract()
    {
        using var call = new ServerReflection.ServerReflectionClient(host.Channel).ServerReflectionInfo(cancellationToken: Cancellation);
        await call.RequestStream.WriteAsync(new() { ListServices = "" }, Cancellation);
        await call.RequestStream.CompleteAsync();
        Assert.True(await call.ResponseStream.MoveNext(Cancellation));
        IEnumerable<string> names = call.ResponseStream.Current.ListServicesResponse.Service.Select(service => service.Name);
        Assert.Contains("fasterseg.profiler.v1.ProfilerService", names);
        Assert.Contains("fasterseg.profiler.v1.LatencyTableService", names);
    }

    [Fact]
    public async Task An_address_in_use_is_told_in_a_sentence()
    {
        var options = new ProfilerHostOptions
        {
            StoreFolder = folder,
            LockFolder = folder,
            Listen = new(IPAddress.Loopback, host.Profiler.Address.Port),
        };
        var fault = await Assert.ThrowsAsync<UserErrorException>(() => ProfilerHost.StartAsync(options, Cancellation));
        Assert.Contains("in use", fault.Message, StringComparison.Ordinal);
        Assert.Contains(host.Profiler.Address.Port.ToString(), fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stopping_profiler_ends_its_job_and_tells_the_watcher()
    {
        RunningProfiler profiler = await ProfilerHost.StartLoopbackAsync(
            new ProfilerHostOptions { StoreFolder = folder, LockFolder = folder },
            Cancellation
        );
        using GrpcChannel channel = GrpcChannel.ForAddress(profiler.Address);
        // A bound that noise never meets: only the stop can end this within the test's patience.
        var request = new BuildTableRequest
        {
            Space = ProfilerFixture.TinySpace,
            Options = new()
            {
                RelativeHalfWidth = 1e-9,
                MinimumSamples = 10_000,
                MaximumSeconds = 600,
            },
        };
        using AsyncServerStreamingCall<BuildTableResponse> call = new ProfilerService.ProfilerServiceClient(channel).BuildTable(
            request,
            cancellationToken: Cancellation
        );
        Assert.True(await call.ResponseStream.MoveNext(Cancellation));
        Task<RpcException> watcher = Assert.ThrowsAsync<RpcException>(() => ProfilerFixture.CollectAsync(call.ResponseStream));
        await profiler.DisposeAsync();
        Assert.Equal(StatusCode.Unavailable, (await watcher).StatusCode);
        // No table, but a job that goes on with the next start.
        var database = new ProfilerDatabase(folder, NullLogger<ProfilerDatabase>.Instance);
        Assert.Empty(new TableStore(database, NullLogger<TableStore>.Instance).List());
        StoredJob job = Assert.Single(new JobStore(database, TimeProvider.System, NullLogger<JobStore>.Instance).List());
        Assert.Equal(FasterSeg.Profiler.Service.Store.JobState.Running, job.State);
    }

    [Fact]
    public async Task A_stopping_profiler_tells_whoever_waits_for_measurements_or_tables()
    {
        RunningProfiler profiler = await ProfilerHost.StartLoopbackAsync(
            new ProfilerHostOptions { StoreFolder = folder, LockFolder = folder },
            Cancellation
        );
        using GrpcChannel channel = GrpcChannel.ForAddress(profiler.Address);
        var measuring = new MeasureOperatorsRequest
        {
            Keys = { "skip h8 w8 c8-8 s1", "conv h8 w8 c8-8 s1" },
            Options = new()
            {
                RelativeHalfWidth = 1e-9,
                MinimumSamples = 10_000,
                MaximumSeconds = 600,
            },
        };
        using AsyncServerStreamingCall<MeasureOperatorsResponse> operators = new ProfilerService.ProfilerServiceClient(
            channel
        ).MeasureOperators(measuring, cancellationToken: Cancellation);
        using AsyncServerStreamingCall<WatchTableResponse> tables = new LatencyTableService.LatencyTableServiceClient(channel).WatchTable(
            new() { Space = ProfilerFixture.TinySpace },
            cancellationToken: Cancellation
        );
        Task<RpcException> watcher = Assert.ThrowsAsync<RpcException>(() => ProfilerFixture.CollectAsync(tables.ResponseStream));
        // The first is there at once, the second never.
        Assert.True(await operators.ResponseStream.MoveNext(Cancellation));
        Task<RpcException> waiter = Assert.ThrowsAsync<RpcException>(() => ProfilerFixture.CollectAsync(operators.ResponseStream));
        await profiler.DisposeAsync();
        foreach (RpcException end in await Task.WhenAll(waiter, watcher))
            Assert.Equal((StatusCode.Unavailable, "The profiler is shutting down."), (end.StatusCode, end.Status.Detail));
    }
}
