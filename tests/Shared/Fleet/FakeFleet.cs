using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;
using FasterSeg.Protos.Fleet.V1;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace FasterSeg.Tests;

/// <summary>A fleet whose words a test writes, on a real socket of the loopback interface: it takes calls and does nothing by
/// itself.</summary>
internal sealed class FakeFleet : IAsyncDisposable
{
    // No part of a test: only against a device that never calls.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    private readonly Channel<FakeCall> calls = Channel.CreateUnbounded<FakeCall>();
    private WebApplication? application;

    /// <summary>Refuses calls, by their metadata; null takes the call.</summary>
    public Func<Metadata, Status?> Refusal { get; set; } = _ => null;

    /// <summary>Calls that were refused.</summary>
    public int Refused { get; private set; }

    /// <summary>Where it listens.</summary>
    public Uri Address => new(application!.Urls.First());

    /// <summary>Starts it.</summary>
    /// <param name="certificate">Makes it speak TLS.</param>
    public static async Task<FakeFleet> StartAsync(X509Certificate2? certificate = null)
    {
        var fleet = new FakeFleet();
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new());
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
        builder.Services.AddSingleton(fleet);
        builder.Services.Configure<Microsoft.Extensions.Hosting.HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        fleet.application = builder.Build();
        fleet.application.MapGrpcService<Service>();
        await fleet.application.StartAsync();
        return fleet;
    }

    /// <summary>The next call that a device makes, with its hello.</summary>
    public async Task<FakeCall> NextCallAsync() => await calls.Reader.ReadAsync().AsTask().WaitAsync(Longest);

    /// <summary>The next call, which is welcomed.</summary>
    public async Task<FakeCall> WelcomeNextAsync(params long[] leases)
    {
        FakeCall call = await NextCallAsync();
        await call.WelcomeAsync(leases);
        return call;
    }

    public async ValueTask DisposeAsync()
    {
        if (application is null)
            return;
        await application.StopAsync();
        await application.DisposeAsync();
    }

    private sealed class Service(FakeFleet fleet) : AgentService.AgentServiceBase
    {
        public override async Task Attach(
            IAsyncStreamReader<AgentMessage> requestStream,
            IServerStreamWriter<FleetMessage> responseStream,
            ServerCallContext context
        )
        {
            if (fleet.Refusal(context.RequestHeaders) is { } refusal)
            {
                fleet.Refused++;
                throw new RpcException(refusal);
            }
            if (!await requestStream.MoveNext())
                return;
            var call = new FakeCall(requestStream.Current.Hello, responseStream, context);
            fleet.calls.Writer.TryWrite(call);
            await call.ListenAsync(requestStream);
        }
    }
}

/// <summary>One device's call.</summary>
internal sealed class FakeCall(Hello hello, IServerStreamWriter<FleetMessage> answers, ServerCallContext context)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    private readonly Channel<AgentMessage> heard = Channel.CreateUnbounded<AgentMessage>();
    private readonly TaskCompletionSource hungUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim writing = new(1, 1);

    /// <summary>The device's first words.</summary>
    public Hello Hello => hello;

    /// <summary>Ends when the device has ended the call in good order.</summary>
    public Task Ended => ended.Task.WaitAsync(Longest);

    /// <summary>How often a second a sign is due in the welcome.</summary>
    public static double SignSeconds { get; set; } = 0.2;

    /// <summary>Signs that came.</summary>
    public int Signs { get; private set; }

    public Task WelcomeAsync(params long[] leases) =>
        SayAsync(
            new()
            {
                Welcome = new()
                {
                    DeviceId = hello.Name,
                    Pool = "pool",
                    SignSeconds = SignSeconds,
                    Leases = { leases },
                },
            }
        );

    /// <summary>Says something.</summary>
    public async Task SayAsync(FleetMessage message)
    {
        await writing.WaitAsync();
        try
        {
            await answers.WriteAsync(message);
        }
        finally
        {
            writing.Release();
        }
    }

    /// <summary>Says that results are there for good.</summary>
    public Task KeepAsync(long lease, params int[] positions) =>
        SayAsync(
            new()
            {
                Kept = new() { Lease = lease, Positions = { positions } },
            }
        );

    /// <summary>The next message but signs.</summary>
    public async Task<AgentMessage> NextAsync() => await heard.Reader.ReadAsync().AsTask().WaitAsync(Longest);

    /// <summary>A message that is here already; null where there is none.</summary>
    public AgentMessage? Present => heard.Reader.TryRead(out AgentMessage? message) ? message : null;

    /// <summary>All messages up to the end of a lease, with it.</summary>
    public async Task<List<AgentMessage>> UntilEndAsync(long lease)
    {
        var all = new List<AgentMessage>();
        do all.Add(await NextAsync());
        while (all[^1].End?.Lease != lease);
        return all;
    }

    /// <summary>Breaks the call off.</summary>
    public void HangUp() => hungUp.TrySetResult();

    internal async Task ListenAsync(IAsyncStreamReader<AgentMessage> stream)
    {
        Task listening = HearAsync(stream);
        if (await Task.WhenAny(listening, hungUp.Task) == hungUp.Task)
        {
            context.GetHttpContext().Abort();
            return;
        }
        try
        {
            await listening;
            ended.TrySetResult();
        }
        catch (Exception broken) when (broken is IOException or OperationCanceledException or InvalidOperationException)
        {
            ended.TrySetException(new IOException("The device broke the call off."));
        }
        heard.Writer.TryComplete();
    }

    private async Task HearAsync(IAsyncStreamReader<AgentMessage> stream)
    {
        while (await stream.MoveNext())
        {
            if (stream.Current.WhatCase == AgentMessage.WhatOneofCase.Sign)
                Signs++;
            else
                heard.Writer.TryWrite(stream.Current);
        }
    }
}
