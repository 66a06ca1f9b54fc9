using System.Net.Sockets;
using FasterSeg.Profiler.Service.Security;
using FasterSeg.Profiler.Service.Tests.Hosting;
using FasterSeg.Protos.Profiler.V1;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Health.V1;

namespace FasterSeg.Profiler.Service.Tests.Security;

/// <summary>Who has no key, or takes all that his gives, shuts nobody else out. Over real sockets.</summary>
public sealed class ShuttingOutTests
{
    // A space that is built nowhere: who watches it waits.
    private static readonly WatchTableRequest Nothing = new() { Space = ProfilerFixture.TinySpace };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Watch")]
    // Routing takes these, too.
    [InlineData("Watch/")]
    [InlineData("wATCH")]
    public async Task Watches_of_the_health_without_a_key_take_nothing_of_who_has_one_and_the_health_still_answers(string name)
    {
        Marshaller<HealthCheckRequest> requests = Marshallers.Create(MessageExtensions.ToByteArray, HealthCheckRequest.Parser.ParseFrom);
        Marshaller<HealthCheckResponse> answers = Marshallers.Create(MessageExtensions.ToByteArray, HealthCheckResponse.Parser.ParseFrom);
        var method = new Method<HealthCheckRequest, HealthCheckResponse>(
            MethodType.ServerStreaming,
            "grpc.health.v1.Health",
            name,
            requests,
            answers
        );
        await using KeyedProfiler profiler = await KeyedProfiler.StartAsync(new() { AtATime = 20 });
        List<AsyncServerStreamingCall<HealthCheckResponse>> watches = [];
        for (int connection = 0; connection < 4; connection++)
        {
            CallInvoker calls = profiler.Connect(null);
            for (int i = 0; i < CallLimits.HealthWatches / 4; i++)
                watches.Add(calls.AsyncServerStreamingCall(method, null, new(cancellationToken: Stop), new()));
        }
        int refused = 0;
        foreach (AsyncServerStreamingCall<HealthCheckResponse> watch in watches)
        {
            try
            {
                Assert.True(await watch.ResponseStream.MoveNext(Stop));
            }
            catch (RpcException fault) when (fault.StatusCode == StatusCode.ResourceExhausted)
            {
                refused++;
            }
        }
        // Half of them are one address's share.
        Assert.Equal(CallLimits.HealthWatches / 2, refused);
        HealthCheckResponse answer = await new Health.HealthClient(profiler.Connect(null)).CheckAsync(new(), cancellationToken: Stop);
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, answer.Status);
        Assert.NotEmpty((await Measuring(profiler, "anna").GetDeviceAsync(new(), cancellationToken: Stop)).Device.Name);
        watches.ForEach(watch => watch.Dispose());
    }

    [Fact]
    public async Task Calls_without_a_key_use_up_nothing_of_a_keyed_client_at_the_same_address()
    {
        await using KeyedProfiler profiler = await KeyedProfiler.StartAsync(new() { InTenSeconds = 100 });
        ProfilerService.ProfilerServiceClient anna = Measuring(profiler, "anna");
        for (int i = 0; i < 500; i++)
        {
            // Its connection is closed again and again.
            RpcException refusal = await Assert.ThrowsAsync<RpcException>(async () =>
                await Measuring(profiler, null).GetDeviceAsync(new(), cancellationToken: Stop)
            );
            Assert.Equal(StatusCode.Unauthenticated, refusal.StatusCode);
        }
        Assert.NotEmpty((await anna.GetDeviceAsync(new(), cancellationToken: Stop)).Device.Name);
    }

    [Fact]
    public async Task A_connection_on_which_calls_are_refused_again_and_again_is_closed()
    {
        await using KeyedProfiler profiler = await KeyedProfiler.StartAsync();
        ProfilerService.ProfilerServiceClient stranger = Measuring(profiler, null);
        for (int i = 0; i < 10; i++)
        {
            RpcException refusal = await Assert.ThrowsAsync<RpcException>(async () =>
                await stranger.GetDeviceAsync(new(), cancellationToken: Stop)
            );
            Assert.Equal(StatusCode.Unauthenticated, refusal.StatusCode);
        }
        StatusCode[] ends = await Task.WhenAll(
            Enumerable
                .Range(0, 100)
                .Select(async _ =>
                    (
                        await Assert.ThrowsAsync<RpcException>(async () => await stranger.GetDeviceAsync(new(), cancellationToken: Stop))
                    ).StatusCode
                )
        );
        // What was under way when it was closed is told nothing.
        Assert.Contains(StatusCode.Unavailable, ends);
        Assert.NotEmpty((await Measuring(profiler, "bert").GetDeviceAsync(new(), cancellationToken: Stop)).Device.Name);
    }

    [Fact]
    public async Task Of_silent_connections_the_oldest_goes_for_the_newest_and_who_has_a_key_gets_in()
    {
        await using KeyedProfiler profiler = await KeyedProfiler.StartAsync();
        ProfilerService.ProfilerServiceClient early = Measuring(profiler, "anna");
        await early.GetDeviceAsync(new(), cancellationToken: Stop);
        List<Socket> silent = [];
        for (int i = 0; i < new ConnectionGuard(TimeProvider.System).MostGuests + 50; i++)
            silent.Add(await profiler.DialAsync());
        // A socket that the profiler has closed ends.
        byte[] byteOfAny = new byte[64];
        foreach (Socket oldest in silent.Take(50))
        {
            int read;
            try
            {
                do read = await oldest.ReceiveAsync(byteOfAny, Stop);
                while (read > 0);
            }
            catch (SocketException reset)
            {
                Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
            }
        }
        Assert.NotEmpty((await early.GetDeviceAsync(new(), cancellationToken: Stop)).Device.Name);
        Assert.NotEmpty((await Measuring(profiler, "bert").GetDeviceAsync(new(), cancellationToken: Stop)).Device.Name);
    }

    [Fact]
    public async Task A_key_with_its_share_of_calls_is_refused_and_another_is_not()
    {
        await using KeyedProfiler profiler = await KeyedProfiler.StartAsync(new() { AtATime = 40 });
        var tables = new LatencyTableService.LatencyTableServiceClient(profiler.Connect("anna"));
        // They hear nothing, for there is no table: a call after them tells that they have come.
        List<AsyncServerStreamingCall<WatchTableResponse>> watches = [];
        StatusCode answered = StatusCode.OK;
        while (answered == StatusCode.OK && watches.Count < 100)
        {
            watches.Add(tables.WatchTable(Nothing, cancellationToken: Stop));
            try
            {
                await tables.ListTablesAsync(new(), cancellationToken: Stop);
            }
            catch (RpcException fault)
            {
                answered = fault.StatusCode;
            }
        }
        Assert.Equal(StatusCode.ResourceExhausted, answered);
        Assert.InRange(watches.Count, 19, 21);
        Assert.NotEmpty((await Measuring(profiler, "bert").GetDeviceAsync(new(), cancellationToken: Stop)).Device.Name);
        watches.ForEach(watch => watch.Dispose());
    }

    [Fact]
    public async Task A_client_that_was_stopped_gives_back_what_it_held()
    {
        await using KeyedProfiler profiler = await KeyedProfiler.StartAsync(new() { Silence = TimeSpan.FromSeconds(1) });
        // It begins a connection and never answers, as a stopped process does: its system still takes what comes.
        Socket stopped = await profiler.DialAsync();
        byte[] preface = [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, 0, 0, 0, 4, 0, 0, 0, 0, 0];
        await stopped.SendAsync(preface, Stop);
        byte[] heard = new byte[4096];
        int pings = 0;
        try
        {
            int read;
            while ((read = await stopped.ReceiveAsync(heard, Stop)) > 0)
                pings += CountPings(heard.AsSpan(0, read));
        }
        catch (SocketException reset)
        {
            Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
        }
        Assert.Equal(1, pings);
    }

    private static ProfilerService.ProfilerServiceClient Measuring(KeyedProfiler profiler, string? name) => new(profiler.Connect(name));

    /// <summary>Frames of type 6 among whole frames.</summary>
    private static int CountPings(ReadOnlySpan<byte> bytes)
    {
        const int Header = 9,
            Ping = 6;
        int count = 0;
        while (bytes.Length >= Header)
        {
            int length = (bytes[0] << 16) | (bytes[1] << 8) | bytes[2];
            count += bytes[3] == Ping ? 1 : 0;
            bytes = bytes[Math.Min(bytes.Length, Header + length)..];
        }
        return count;
    }
}
