using System.Net;
using FasterSeg.Protos.Fleet.V1;
using FasterSeg.Protos.Profiler.V1;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace FasterSeg.Search.Client.Tests.Commands;

/// <summary>A fleet that knows some devices, pools and jobs, on a real socket of the loopback interface.</summary>
internal sealed class FakeFleetService : IAsyncDisposable
{
    private WebApplication? application;

    public List<FleetDevice> Devices { get; } = [];

    public List<Pool> Pools { get; } = [];

    public List<QueuedJob> Jobs { get; } = [];

    /// <summary>The pools that were asked for; empty is all.</summary>
    public List<string> Asked { get; } = [];

    /// <summary>What was asked of devices.</summary>
    public List<SetDeviceRequest> Set { get; } = [];

    /// <summary>The jobs that were cancelled.</summary>
    public List<string> Cancelled { get; } = [];

    /// <summary>Refuses every call; null does not.</summary>
    public Status? Refusal { get; set; }

    public string Url => application!.Urls.First();

    /// <summary>Starts it on any free port.</summary>
    public static async Task<FakeFleetService> StartAsync()
    {
        var fake = new FakeFleetService();
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new());
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddRouting().AddGrpc();
        builder.Services.AddSingleton(fake);
        fake.application = builder.Build();
        fake.application.MapGrpcService<Service>();
        fake.application.MapGrpcService<ProfilerCalls>();
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

    private sealed class Service(FakeFleetService fake) : FleetService.FleetServiceBase
    {
        public override Task<ListDevicesResponse> ListDevices(ListDevicesRequest request, ServerCallContext context)
        {
            Check();
            fake.Asked.Add(request.Pool);
            return Task.FromResult(
                new ListDevicesResponse
                {
                    Devices = { fake.Devices.Where(device => request.Pool.Length == 0 || device.Pool == request.Pool) },
                }
            );
        }

        public override Task<ListPoolsResponse> ListPools(ListPoolsRequest request, ServerCallContext context)
        {
            Check();
            return Task.FromResult(new ListPoolsResponse { Pools = { fake.Pools } });
        }

        public override Task<ListQueueResponse> ListQueue(ListQueueRequest request, ServerCallContext context)
        {
            Check();
            fake.Asked.Add(request.Pool);
            return Task.FromResult(new ListQueueResponse { Jobs = { fake.Jobs } });
        }

        public override Task<SetDeviceResponse> SetDevice(SetDeviceRequest request, ServerCallContext context)
        {
            Check();
            fake.Set.Add(request);
            FleetDevice device = fake.Devices.Find(each => each.Id == request.Id)
                ?? throw new RpcException(new Status(StatusCode.NotFound, $"This fleet has no device '{request.Id}'."));
            device = device.Clone();
            if (request.State != DeviceState.Unspecified)
                device.State = request.State;
            return Task.FromResult(new SetDeviceResponse { Device = device });
        }

        private void Check()
        {
            if (fake.Refusal is { } refusal)
                throw new RpcException(refusal);
        }
    }

    /// <summary>What a fleet answers as a profiler does.</summary>
    private sealed class ProfilerCalls(FakeFleetService fake) : ProfilerService.ProfilerServiceBase
    {
        public override Task<CancelJobResponse> CancelJob(CancelJobRequest request, ServerCallContext context)
        {
            if (fake.Jobs.All(job => job.Job.Id != request.Id))
                throw new RpcException(new Status(StatusCode.NotFound, $"There is no job '{request.Id}'."));
            fake.Cancelled.Add(request.Id);
            return Task.FromResult(new CancelJobResponse());
        }
    }
}
