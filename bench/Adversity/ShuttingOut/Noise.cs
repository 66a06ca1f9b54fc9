using System.Diagnostics;
using System.Globalization;
using FasterSeg.Profiler.Client.Mapping;
using FasterSeg.Protos.Profiler.V1;
using Grpc.Core;
using Grpc.Net.Client;
using SearchSpace = FasterSeg.Latency.Spaces.SearchSpace;

namespace FasterSeg.Bench.Adversity.ShuttingOut;

/// <summary>Requests that make a profiler write and list much.</summary>
/// <param name="service">The profiler.</param>
/// <param name="log">The file that its log goes to.</param>
internal sealed class Noise(KeyedService service, string log)
{
    private const int Malformed = 6000,
        Names = 20,
        Jobs = 60,
        PauseAfter = 1500;

    // Of a client of one key in ten seconds there are 2,000.
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private static readonly Marshaller<byte[]> Raw = Marshallers.Create(bytes => bytes, bytes => bytes);

    /// <summary>How much of the log requests make that are no message.</summary>
    public async Task<string> MalformedAsync(CancellationToken cancellation)
    {
        using GrpcChannel channel = service.Open("anna");
        CallInvoker invoker = channel.CreateCallInvoker();
        var method = new Method<byte[], byte[]>(MethodType.Unary, "fasterseg.profiler.v1.ProfilerService", "GetJob", Raw, Raw);
        long before = new FileInfo(log).Length;
        var ends = new Dictionary<StatusCode, int>();
        for (int i = 0; i < Malformed; i++)
        {
            if (i % PauseAfter == 0)
                await Task.Delay(Window, cancellation);
            StatusCode end = StatusCode.OK;
            try
            {
                await invoker.AsyncUnaryCall(method, null, new(cancellationToken: cancellation), [0x0a, 0x7f]);
            }
            catch (RpcException fault)
            {
                end = fault.StatusCode;
            }
            ends[end] = ends.GetValueOrDefault(end) + 1;
        }
        return $"{Written(before)} of log; {string.Join(", ", ends.Select(end => $"{end.Value} {end.Key}"))}";
    }

    /// <summary>How much of the log models with long names make.</summary>
    public async Task<string> NamesAsync(int bytes, CancellationToken cancellation)
    {
        using GrpcChannel channel = service.Open("anna");
        byte[] model = UploadBomb.OfWeights(1000);
        string name = "\u001b[31m" + new string('x', bytes - 100);
        long before = new FileInfo(log).Length;
        List<StatusCode> ends = [];
        for (int i = 0; i < Names; i++)
            ends.Add(await UploadBomb.SendAsync(channel, model, cancellation, new() { Name = name }));
        return $"{Written(before)} of log; {string.Join(", ", ends.GroupBy(end => end).Select(group => $"{group.Count()} {group.Key}"))}";
    }

    /// <summary>How long a list of large cancelled jobs takes.</summary>
    public async Task<string> ListAsync(CancellationToken cancellation)
    {
        using GrpcChannel channel = service.Open("anna");
        var client = new ProfilerService.ProfilerServiceClient(channel);
        var space = new SearchSpace(512, 1024, 240, [.. Enumerable.Range(1, 32).Select(i => i / 32.0)], 16, 19, 1, 1, 1, 1);
        for (ulong seed = 1; seed <= Jobs; seed++)
        {
            using AsyncServerStreamingCall<BuildTableResponse> call = client.BuildTable(
                new()
                {
                    Space = space.ToMessage(),
                    Options = new() { Threads = 1, Seed = 5000 + seed },
                },
                cancellationToken: cancellation
            );
            await call.ResponseStream.MoveNext(cancellation);
            await client.CancelJobAsync(new() { Id = call.ResponseStream.Current.JobId }, cancellationToken: cancellation);
        }
        long start = Stopwatch.GetTimestamp();
        int all = (await client.ListJobsAsync(new(), cancellationToken: cancellation)).Jobs.Count;
        double whole = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        start = Stopwatch.GetTimestamp();
        int page = (await client.ListJobsAsync(new() { PageSize = 20 }, cancellationToken: cancellation)).Jobs.Count;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{all} jobs took {whole:0} ms, a page of {page} {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0} ms"
        );
    }

    private string Written(long before) =>
        string.Create(CultureInfo.InvariantCulture, $"{(new FileInfo(log).Length - before) / 1024.0:0.0} KiB");
}
