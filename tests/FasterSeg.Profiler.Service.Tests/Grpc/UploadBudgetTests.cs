using FasterSeg.Profiler.Service.Grpc;
using FasterSeg.Profiler.Service.Tests.Engines;
using FasterSeg.Profiler.Service.Tests.Hosting;
using FasterSeg.Protos.Profiler.V1;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;

namespace FasterSeg.Profiler.Service.Tests.Grpc;

public sealed class UploadBudgetTests
{
    [Fact]
    public async Task Uploads_that_take_too_much_together_are_refused_until_others_are_answered()
    {
        var budget = new UploadBudget(TimeProvider.System, mostBytes: 100);
        UploadMeter first = budget.Meter(new Chunks(40, 40));
        while (await first.MoveNext(Stop))
            Assert.Equal(40, first.Current.Chunk.Length);
        using (UploadMeter second = budget.Meter(new Chunks(20, 1)))
        {
            Assert.True(await second.MoveNext(Stop));
            Assert.Equal(StatusCode.ResourceExhausted, (await Assert.ThrowsAsync<RpcException>(() => second.MoveNext(Stop))).StatusCode);
        }
        first.Dispose();
        first.Dispose();
        using UploadMeter third = budget.Meter(new Chunks(100, 1));
        Assert.True(await third.MoveNext(Stop));
        await Assert.ThrowsAsync<RpcException>(() => third.MoveNext(Stop));
    }

    [Fact]
    public async Task A_client_that_falls_silent_is_refused()
    {
        using UploadMeter meter = new UploadBudget(new Impatient()).Meter(new Silence());
        Assert.Equal(StatusCode.DeadlineExceeded, (await Assert.ThrowsAsync<RpcException>(() => meter.MoveNext(Stop))).StatusCode);
    }

    [Fact]
    public async Task A_client_that_falls_silent_is_answered_over_its_socket()
    {
        string folder = Directory.CreateTempSubdirectory("fasterseg-uploads-").FullName;
        try
        {
            await using WebApplication application = await FakeHost.StartAsync(new FakeEngine(), folder, new Impatient());
            using GrpcChannel channel = GrpcChannel.ForAddress(application.Urls.First());
            using AsyncClientStreamingCall<MeasureModelRequest, MeasureModelResponse> call = new ProfilerService.ProfilerServiceClient(
                channel
            ).MeasureModel(cancellationToken: Stop);
            RpcException refusal = await Assert.ThrowsAsync<RpcException>(async () => await call.ResponseAsync);
            Assert.Equal(StatusCode.DeadlineExceeded, refusal.StatusCode);
        }
        finally
        {
            Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_client_that_leaves_is_no_silent_one()
    {
        using UploadMeter meter = new UploadBudget(TimeProvider.System).Meter(new Silence());
        using var left = new CancellationTokenSource();
        Task<bool> next = meter.MoveNext(left.Token);
        await left.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private sealed class Chunks(params int[] sizes) : IAsyncStreamReader<MeasureModelRequest>
    {
        private int next;

        public MeasureModelRequest Current => new() { Chunk = ByteString.CopyFrom(new byte[sizes[next - 1]]) };

        public Task<bool> MoveNext(CancellationToken cancellationToken) => Task.FromResult(next++ < sizes.Length);
    }

    private sealed class Silence : IAsyncStreamReader<MeasureModelRequest>
    {
        public MeasureModelRequest Current => new();

        public async Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return false;
        }
    }

    /// <summary>A clock whose patience with uploads is over at once.</summary>
    private sealed class Impatient : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime == UploadBudget.Patience ? TimeSpan.Zero : dueTime, period);
    }
}
