using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using FasterSeg.Protos.Profiler.V1;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace FasterSeg.Tests;

/// <summary>A profiler whose answers a test writes, on a real socket of the loopback interface.</summary>
internal sealed class FakeProfiler : IAsyncDisposable
{
    private WebApplication? application;

    public Func<GetDeviceResponse> OnGetDevice { get; set; } = () => new GetDeviceResponse { Device = new Device { Name = "fake" } };

    /// <summary>What calls for the device wait for.</summary>
    public Task Ready { get; set; } = Task.CompletedTask;

    /// <summary>Until when each call wanted its answer; MaxValue where it had no deadline.</summary>
    public ConcurrentQueue<DateTime> Deadlines { get; } = [];

    /// <summary>The pool that each call named; empty where it named none.</summary>
    public ConcurrentQueue<string> Pools { get; } = [];

    public Func<BuildTableRequest, IServerStreamWriter<BuildTableResponse>, ServerCallContext, Task> OnBuildTable { get; set; } =
        (_, _, _) => Task.CompletedTask;

    public Func<MeasureOperatorsRequest, IServerStreamWriter<MeasureOperatorsResponse>, Task> OnMeasureOperators { get; set; } =
        (_, _) => Task.CompletedTask;

    public Func<IAsyncStreamReader<MeasureModelRequest>, Task<MeasureModelResponse>> OnMeasureModel { get; set; } =
        _ => Task.FromResult(new MeasureModelResponse());

    public Func<WatchTableRequest, IServerStreamWriter<WatchTableResponse>, CancellationToken, Task> OnWatchTable { get; set; } =
        (_, _, _) => Task.CompletedTask;

    public Dictionary<string, byte[]> Tables { get; } = [];

    /// <summary>Called for each table that is fetched, before its bytes are sent.</summary>
    public Action<ServerCallContext> OnGetTable { get; set; } = _ => { };

    public string Url => application!.Urls.First();

    /// <summary>Starts it on any free port.</summary>
    /// <param name="certificate">Makes it speak TLS.</param>
    public static async Task<FakeProfiler> StartAsync(X509Certificate2? certificate = null)
    {
        var fake = new FakeProfiler();
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
                {
                    listen.Protocols = HttpProtocols.Http2;
                    if (certificate is not null)
                        listen.UseHttps(certificate);
                }));
        if (certificate is not null)
            builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Services.AddRouting().AddGrpc();
        builder.Services.AddSingleton(fake);
        fake.application = builder.Build();
        fake.application.Use(
            (context, next) =>
            {
                fake.Pools.Enqueue(context.Request.Headers["fasterseg-pool"].ToString());
                return next(context);
            }
        );
        fake.application.MapGrpcService<Measuring>();
        fake.application.MapGrpcService<Keeping>();
        await fake.application.StartAsync();
        return fake;
    }

    public async ValueTask DisposeAsync()
    {
        if (application is null)
            return;
        await application.StopAsync();
        await application.DisposeAsync();
    }

    private sealed class Measuring(FakeProfiler fake) : ProfilerService.ProfilerServiceBase
    {
        public override async Task<GetDeviceResponse> GetDevice(GetDeviceRequest request, ServerCallContext context)
        {
            fake.Deadlines.Enqueue(context.Deadline);
            await fake.Ready;
            return fake.OnGetDevice();
        }

        public override Task BuildTable(
            BuildTableRequest request,
            IServerStreamWriter<BuildTableResponse> responseStream,
            ServerCallContext context
        )
        {
            fake.Deadlines.Enqueue(context.Deadline);
            return fake.OnBuildTable(request, responseStream, context);
        }

        public override Task MeasureOperators(
            MeasureOperatorsRequest request,
            IServerStreamWriter<MeasureOperatorsResponse> responseStream,
            ServerCallContext context
        )
        {
            fake.Deadlines.Enqueue(context.Deadline);
            return fake.OnMeasureOperators(request, responseStream);
        }

        public override Task<MeasureModelResponse> MeasureModel(
            IAsyncStreamReader<MeasureModelRequest> requestStream,
            ServerCallContext context
        )
        {
            fake.Deadlines.Enqueue(context.Deadline);
            return fake.OnMeasureModel(requestStream);
        }
    }

    private sealed class Keeping(FakeProfiler fake) : LatencyTableService.LatencyTableServiceBase
    {
        public override Task WatchTable(
            WatchTableRequest request,
            IServerStreamWriter<WatchTableResponse> responseStream,
            ServerCallContext context
        ) => fake.OnWatchTable(request, responseStream, context.CancellationToken);

        public override async Task GetTable(
            GetTableRequest request,
            IServerStreamWriter<GetTableResponse> responseStream,
            ServerCallContext context
        )
        {
            fake.OnGetTable(context);
            foreach (byte[] chunk in fake.Tables[request.Id].Chunk(100))
                await responseStream.WriteAsync(new GetTableResponse { Chunk = ByteString.CopyFrom(chunk) });
        }
    }
}
