using System.Threading.Channels;
using FasterSeg.Latency.Tables;
using FasterSeg.Protos.Fleet.V1;
using FasterSeg.Tests;
using Grpc.Core;
using Grpc.Net.Client;

namespace FasterSeg.Fleet.Service.Tests.Hosting;

/// <summary>A device whose words a test says, one after the other: between them it stands still as a frozen one does.</summary>
internal sealed class HandAgent : IAsyncDisposable
{
    private readonly AsyncDuplexStreamingCall<AgentMessage, FleetMessage> call;
    private readonly SimulatedCard card;
    private readonly Channel<FleetMessage> heard = Channel.CreateUnbounded<FleetMessage>();

    private HandAgent(AsyncDuplexStreamingCall<AgentMessage, FleetMessage> call, SimulatedCard card) =>
        (this.call, this.card) = (call, card);

    /// <summary>Joins; returns once it is welcome.</summary>
    public static Task<HandAgent> JoinAsync(GrpcChannel channel, string name, SimulatedCard card, string? key = null) =>
        JoinAsync(channel, card.Hello(name), card, key);

    /// <summary>Joins with a hello of the test's own.</summary>
    public static async Task<HandAgent> JoinAsync(GrpcChannel channel, Hello hello, SimulatedCard card, string? key = null)
    {
        Metadata headers = key is null ? [] : new() { { "authorization", "Bearer " + key } };
        var agent = new HandAgent(new AgentService.AgentServiceClient(channel).Attach(headers), card);
        _ = agent.HearAsync();
        await agent.call.RequestStream.WriteAsync(new() { Hello = hello });
        Assert.NotNull((await agent.NextAsync()).Welcome);
        return agent;
    }

    /// <summary>The next message.</summary>
    public async Task<FleetMessage> NextAsync() => await heard.Reader.ReadAsync(TestContext.Current.CancellationToken);

    /// <summary>The next message of a kind; others are passed over.</summary>
    public async Task<FleetMessage> NextAsync(FleetMessage.WhatOneofCase what)
    {
        while (true)
        {
            FleetMessage message = await NextAsync();
            if (message.WhatCase == what)
                return message;
        }
    }

    /// <summary>The next stint of work; what the card is compared on before that is measured and told.</summary>
    public async Task<Stint> NextWorkAsync()
    {
        while (true)
        {
            Stint stint = (await NextAsync(FleetMessage.WhatOneofCase.Stint)).Stint;
            if (stint.Lease > 0)
                return stint;
            foreach (StintItem item in stint.Items)
                await TellAsync(stint, item);
            await EndAsync(stint);
        }
    }

    /// <summary>Tells that nothing more comes of a stint.</summary>
    public Task EndAsync(Stint stint) =>
        SayAsync(
            new()
            {
                End = new() { Lease = stint.Lease, JobId = stint.JobId },
            }
        );

    /// <summary>Says whatever a device may say, or may not.</summary>
    public Task SayAsync(AgentMessage message) => call.RequestStream.WriteAsync(message);

    /// <summary>Tells an item's result.</summary>
    /// <param name="stint">The item's.</param>
    /// <param name="item">The item.</param>
    /// <param name="times">The latency is so many times what it takes.</param>
    public async Task TellAsync(Stint stint, StintItem item, double times = 1)
    {
        LatencyEntry entry = (card with { Factor = card.Factor * times }).Measure(item.Key, times: 1);
        await call.RequestStream.WriteAsync(
            new()
            {
                Result = new()
                {
                    Lease = stint.Lease,
                    JobId = stint.JobId,
                    Position = item.Position,
                    Entry = LatencyTableJson.SerializeEntry(entry),
                    Samples = { SimulatedCard.Samples(entry) },
                },
            }
        );
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        call.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task HearAsync()
    {
        try
        {
            while (await call.ResponseStream.MoveNext(CancellationToken.None))
                heard.Writer.TryWrite(call.ResponseStream.Current);
            heard.Writer.TryComplete();
        }
        catch (Exception broken) when (broken is RpcException or ObjectDisposedException)
        {
            heard.Writer.TryComplete(broken);
        }
    }
}
