using System.Collections.Concurrent;
using System.Diagnostics;
using FasterSeg.Protos.Profiler.V1;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;

namespace FasterSeg.Bench.Adversity.Readers;

/// <summary>
/// Many clients, each with a connection of its own and a table that it watches, who all call at the same moment, again and again.
/// </summary>
/// <param name="address">The profiler.</param>
/// <param name="clients">How many.</param>
/// <param name="callsASecond">Of all of them together.</param>
/// <param name="table">The table that they read.</param>
/// <param name="watched">The table that they watch.</param>
internal sealed class ReaderLoad(Uri address, int clients, double callsASecond, string table, WatchTableRequest watched)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private readonly ConcurrentBag<ReaderCall> calls = [];
    private readonly ConcurrentQueue<string> errors = new();
    private int failed;

    /// <summary>Every call that ended well.</summary>
    public IReadOnlyCollection<ReaderCall> Calls => calls;

    /// <summary>Calls that did not.</summary>
    public int Failed => failed;

    /// <summary>The first of them in words.</summary>
    public IReadOnlyCollection<string> Errors => errors;

    /// <summary>Calls until it is told to stop.</summary>
    public Task RunAsync(CancellationToken stop)
    {
        long start = Stopwatch.GetTimestamp();
        var period = TimeSpan.FromSeconds(clients / callsASecond);
        return Task.WhenAll(
            Enumerable.Range(0, clients).Select(client => Task.Run(() => RunAsync(client, start, period, stop), CancellationToken.None))
        );
    }

    private async Task RunAsync(int client, long start, TimeSpan period, CancellationToken stop)
    {
        using GrpcChannel channel = GrpcChannel.ForAddress(address);
        var tables = new LatencyTableService.LatencyTableServiceClient(channel);
        AsyncServerStreamingCall<WatchTableResponse>? watch = null;
        try
        {
            for (int round = 0; !stop.IsCancellationRequested; round++)
            {
                TimeSpan wait = (period * round) - Stopwatch.GetElapsedTime(start);
                if (wait > TimeSpan.Zero)
                    await Task.Delay(wait, CancellationToken.None);
                var options = new CallOptions(deadline: DateTime.UtcNow + Longest);
                bool connects = round == 0;
                // The first thing that a client does is to watch.
                Task call = (connects ? 0 : (client + round) % 4) switch
                {
                    0 => TimeAsync(connects, "watch", async () =>
                    {
                        watch?.Dispose();
                        watch = tables.WatchTable(watched, new CallOptions());
                        await watch.ResponseStream.MoveNext(CancellationToken.None);
                    }),
                    1 => TimeAsync(connects, "list", async () => await tables.ListTablesAsync(new ListTablesRequest(), options)),
                    2 => TimeAsync(connects, "health", async () =>
                        await new Health.HealthClient(channel).CheckAsync(new HealthCheckRequest(), options)
                    ),
                    _ => TimeAsync(connects, "get", async () =>
                    {
                        using var reading = tables.GetTable(new GetTableRequest { Id = table }, options);
                        int bytes = 0;
                        await foreach (GetTableResponse part in reading.ResponseStream.ReadAllAsync(CancellationToken.None))
                            bytes += part.Chunk.Length;
                        if (bytes == 0)
                            throw new InvalidOperationException("The table came without a byte.");
                    }),
                };
                await call;
            }
        }
        finally
        {
            watch?.Dispose();
        }
    }

    private async Task TimeAsync(bool connects, string kind, Func<Task> call)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            await call();
            calls.Add(new(kind, Stopwatch.GetElapsedTime(start).TotalMilliseconds, connects));
        }
        catch (Exception fault)
        {
            if (Interlocked.Increment(ref failed) <= 20)
                errors.Enqueue($"{kind}: {fault.Message}");
        }
    }
}
