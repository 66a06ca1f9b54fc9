using System.Net.Sockets;
using FasterSeg.Protos.Profiler.V1;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;

namespace FasterSeg.Bench.Adversity.ShuttingOut;

/// <summary>Who has no key: connections that say nothing, watches of the health, and calls, all at once and again and again.</summary>
/// <param name="address">The profiler.</param>
/// <param name="hash">Of its certificate.</param>
internal sealed class KeylessFlood(Uri address, string hash)
{
    /// <summary>Runs it as a program of its own, until the input ends.</summary>
    public static async Task<int> RunAsync(Arguments arguments)
    {
        var flood = new KeylessFlood(new(arguments.Required("address")), arguments.Required("hash"));
        using var stop = new CancellationTokenSource();
        Task running = flood.RunAsync(arguments.Optional("only"), stop.Token);
        await Console.In.ReadToEndAsync();
        await stop.CancelAsync();
        await running;
        Console.WriteLine($"{flood.calls} calls refused, {flood.watching} watches of the health let in, {flood.dialed} connections");
        return 0;
    }

    private const int Watchers = 11,
        WatchesEach = 100,
        Silent = 999,
        Callers = 4;

    private int calls;
    private int watching;
    private int dialed;

    /// <summary>Goes on until it is told to stop.</summary>
    /// <param name="only">A part of it: watches, calls or connections; null is all.</param>
    /// <param name="stop">Stops it.</param>
    public Task RunAsync(string? only, CancellationToken stop)
    {
        return Task.WhenAll([
            .. Enumerable.Range(0, Of("watches", Watchers)).Select(_ => Task.Run(() => WatchAsync(stop), CancellationToken.None)),
            .. Enumerable.Range(0, Of("calls", Callers)).Select(_ => Task.Run(() => CallAsync(stop), CancellationToken.None)),
            .. Enumerable.Range(0, Of("connections", 1)).Select(_ => Task.Run(() => DialAsync(stop), CancellationToken.None)),
        ]);

        int Of(string part, int count) => only is null || only == part ? count : 0;
    }

    private async Task WatchAsync(CancellationToken stop)
    {
        using GrpcChannel channel = KeyedService.Open(address, hash, key: null);
        var health = new Health.HealthClient(channel);
        await Task.WhenAll(
            Enumerable
                .Range(0, WatchesEach)
                .Select(async _ =>
                {
                    while (!stop.IsCancellationRequested)
                    {
                        try
                        {
                            using AsyncServerStreamingCall<HealthCheckResponse> watch = health.Watch(new(), cancellationToken: stop);
                            await watch.ResponseStream.MoveNext(stop);
                            Interlocked.Increment(ref watching);
                            while (await watch.ResponseStream.MoveNext(stop)) { }
                        }
                        catch (Exception refused) when (refused is RpcException or OperationCanceledException)
                        {
                            // It tries again, a little later, as a client does.
                            await Task.Delay(1000, CancellationToken.None);
                        }
                    }
                })
        );
    }

    private async Task CallAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            using GrpcChannel channel = KeyedService.Open(address, hash, key: null);
            var client = new ProfilerService.ProfilerServiceClient(channel);
            for (int i = 0; i < 500 && !stop.IsCancellationRequested; i++)
            {
                try
                {
                    await client.GetDeviceAsync(new(), cancellationToken: stop);
                }
                catch (Exception refused) when (refused is RpcException or OperationCanceledException)
                {
                    Interlocked.Increment(ref calls);
                }
            }
        }
    }

    private async Task DialAsync(CancellationToken stop)
    {
        var sockets = new Queue<Socket>();
        while (!stop.IsCancellationRequested)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            sockets.Enqueue(socket);
            try
            {
                await socket.ConnectAsync(address.Host, address.Port, stop);
                dialed++;
            }
            catch (Exception refused) when (refused is SocketException or OperationCanceledException)
            {
                await Task.Delay(100, CancellationToken.None);
            }
            if (sockets.Count > Silent)
                sockets.Dequeue().Dispose();
            // Some hundred a second: as many as there were are there within seconds.
            if (dialed % 10 == 0)
                await Task.Delay(20, CancellationToken.None);
        }
        foreach (Socket socket in sockets)
            socket.Dispose();
    }
}
