using System.Net;
using System.Net.Http.Headers;
using FasterSeg.Profiler.Service.Grpc;
using FasterSeg.Profiler.Service.Tests.Engines;
using FasterSeg.Profiler.Service.Tests.Hosting;
using FasterSeg.Protos.Profiler.V1;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace FasterSeg.Profiler.Service.Tests.Grpc;

/// <summary>Clients that send or read next to nothing, over real sockets and by a clock whose patience is over at once.</summary>
public sealed class SlowClientTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("fasterseg-slow-").FullName;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task An_upload_that_falls_silent_is_refused()
    {
        await using WebApplication application = await FakeHost.StartAsync(new FakeEngine(), folder, new Impatient(RequestMeter.Patience));
        using GrpcChannel channel = GrpcChannel.ForAddress(application.Urls.First());
        using AsyncClientStreamingCall<MeasureModelRequest, MeasureModelResponse> call = new ProfilerService.ProfilerServiceClient(
            channel
        ).MeasureModel(cancellationToken: Stop);
        RpcException refusal = await Assert.ThrowsAsync<RpcException>(async () => await call.ResponseAsync);
        Assert.Equal(StatusCode.DeadlineExceeded, refusal.StatusCode);
        Assert.Equal(0, application.Services.GetRequiredService<UploadBudget>().Used);
    }

    [Fact]
    public async Task A_byte_now_and_then_is_no_progress()
    {
        var time = new StepTime();
        await using WebApplication application = await FakeHost.StartAsync(new FakeEngine(), folder, time);
        using GrpcChannel channel = GrpcChannel.ForAddress(application.Urls.First());
        using AsyncClientStreamingCall<MeasureModelRequest, MeasureModelResponse> call = new ProfilerService.ProfilerServiceClient(
            channel
        ).MeasureModel(cancellationToken: Stop);
        await call.RequestStream.WriteAsync(new() { Options = new() }, Stop);
        int sent = 0;
        while (!call.ResponseAsync.IsCompleted)
        {
            try
            {
                // Field by field, a model that never ends.
                await call.RequestStream.WriteAsync(new() { Chunk = ByteString.CopyFrom(0x08, 0x01) }, Stop);
                sent++;
                await Task.Delay(1, Stop);
            }
            catch (Exception over) when (over is RpcException or InvalidOperationException)
            {
                break;
            }
        }
        RpcException refusal = await Assert.ThrowsAsync<RpcException>(async () => await call.ResponseAsync);
        Assert.Equal(StatusCode.DeadlineExceeded, refusal.StatusCode);
        Assert.InRange(sent, 1, RequestMeter.LeastBytes / 2);
    }

    [Theory]
    [InlineData("fasterseg.profiler.v1.ProfilerService/GetDevice"), InlineData("grpc.health.v1.Health/Check")]
    public async Task A_request_whose_message_never_comes_is_refused(string method)
    {
        await using WebApplication application = await FakeHost.StartAsync(new FakeEngine(), folder, new Impatient(RequestMeter.Patience));
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(new(application.Urls.First()), method))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new Endless(),
        };
        using HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);
        await response.Content.ReadAsByteArrayAsync(Stop);
        HttpHeaders told = response.Headers.Contains("grpc-status") ? response.Headers : response.TrailingHeaders;
        Assert.Equal(((int)StatusCode.DeadlineExceeded).ToString(), Assert.Single(told.GetValues("grpc-status")));
    }

    [Fact]
    public async Task Answers_that_nobody_reads_are_not_kept_for_long()
    {
        var engine = new FakeEngine();
        await using WebApplication application = await FakeHost.StartAsync(
            engine,
            folder,
            new Impatient(UnreadAnswers.Patience, TimeSpan.FromSeconds(1))
        );
        using GrpcChannel channel = GrpcChannel.ForAddress(application.Urls.First());
        // Far more than a connection takes that nobody reads from.
        using AsyncServerStreamingCall<MeasureOperatorsResponse> call = new ProfilerService.ProfilerServiceClient(channel).MeasureOperators(
            new()
            {
                Keys = { Enumerable.Repeat("conv h8 w8 c8-8 s1", 9000) },
                Options = ProfilerFixture.Once,
                WithSamples = true,
            },
            cancellationToken: Stop
        );
        await call.ResponseHeadersAsync;
        // So long a request counts as memory until its call has ended. Nothing is read before.
        UploadBudget budget = application.Services.GetRequiredService<UploadBudget>();
        while (budget.Used > 0)
            await Task.Delay(10, Stop);
        RpcException end = await Assert.ThrowsAsync<RpcException>(() => ProfilerFixture.CollectAsync(call.ResponseStream));
        // It was left alone as long as there was room.
        Assert.InRange(engine.Opened.Count, 10, 8999);
        Assert.True(end.StatusCode is StatusCode.Internal or StatusCode.Cancelled or StatusCode.Unavailable, end.Message);
    }

    /// <summary>A clock on which one patience is over soon, by default at once.</summary>
    private sealed class Impatient(TimeSpan patience, TimeSpan soon = default) : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime > TimeSpan.FromSeconds(50) && dueTime <= patience ? soon : dueTime, period);
    }

    /// <summary>A clock that goes on by ten seconds with each look.</summary>
    private sealed class StepTime : TimeProvider
    {
        private long ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Interlocked.Add(ref ticks, TimeSpan.FromSeconds(10).Ticks);
    }

    /// <summary>A request that begins and does not end.</summary>
    private sealed class Endless : HttpContent
    {
        public Endless() => Headers.ContentType = new("application/grpc");

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.FlushAsync();
            await Task.Delay(Timeout.Infinite, Stop);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
