using System.Collections.Concurrent;
using System.Diagnostics;
using FasterSeg.Fuzzing;
using FasterSeg.Profiler.Service.Tests.Engines;
using FasterSeg.Profiler.Service.Tests.Hosting;
using FasterSeg.Protos.Profiler.V1;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;

namespace FasterSeg.Profiler.Service.Tests.Fuzzing;

/// <summary>Whatever bytes a client sends as a request, it gets an answer or a deliberate refusal, and soon.</summary>
public sealed class RequestFuzzTests : IDisposable
{
    // What is kept of the run afterwards may not grow with the requests: jobs, channels, buffers.
    private const long MostKeptBytes = 256L << 20;
    private const int AtATime = 4;

    // No part of the test: only against a request that hangs its call.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    // A watcher of what does not change hears nothing, so its client leaves.
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);

    private static readonly HashSet<StatusCode> Deliberate =
    [
        StatusCode.OK,
        StatusCode.InvalidArgument,
        StatusCode.NotFound,
        StatusCode.FailedPrecondition,
        StatusCode.ResourceExhausted,
        StatusCode.Aborted,
    ];

    private static readonly Marshaller<byte[]> Raw = Marshallers.Create(bytes => bytes, bytes => bytes);

    private readonly string folder = Directory.CreateTempSubdirectory("fasterseg-fuzz-").FullName;

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Any_request_is_answered_or_refused()
    {
        var time = new HastyTime();
        await using WebApplication application = await FakeHost.StartAsync(
            new FakeEngine { Running = _ => { }, Time = time },
            folder,
            time
        );
        using GrpcChannel channel = GrpcChannel.ForAddress(application.Urls.First());
        RequestInputs inputs = await RequestInputs.CreateAsync(channel);
        var invoker = channel.CreateCallInvoker();
        var outcomes = new ConcurrentDictionary<string, int>();
        int count = FuzzRun.Count(1000);
        long start = Stopwatch.GetTimestamp(),
            kept = GC.GetTotalMemory(forceFullCollection: true);

        await Parallel.ForAsync(
            0,
            count,
            new ParallelOptions { MaxDegreeOfParallelism = AtATime, CancellationToken = TestContext.Current.CancellationToken },
            async (index, _) =>
            {
                (MethodDescriptor method, byte[][] messages) = inputs.Next(FuzzRun.RandomOf(index));
                Status status = await CallAsync(invoker, method, messages);
                string described = FuzzRun.Describe(
                    method.FullName,
                    index,
                    [.. messages.SelectMany(each => each)],
                    $"{status.StatusCode}: {status.Detail}"
                );
                Assert.True(Deliberate.Contains(status.StatusCode), described);
                outcomes.AddOrUpdate($"{method.Name} {status.StatusCode}", 1, (_, n) => n + 1);
            }
        );

        FuzzRun.Report("requests", count, outcomes.OrderBy(pair => pair.Key, StringComparer.Ordinal), Stopwatch.GetElapsedTime(start));
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - kept, long.MinValue, MostKeptBytes);
        // And it serves on.
        Assert.NotEmpty(
            (
                await new LatencyTableService.LatencyTableServiceClient(channel).ListTablesAsync(
                    new(),
                    cancellationToken: TestContext.Current.CancellationToken
                )
            ).Tables
        );
    }

    /// <summary>Makes a call, reads its first answers and leaves; the status that it ended with, OK where the client left.</summary>
    private static async Task<Status> CallAsync(CallInvoker invoker, MethodDescriptor method, byte[][] messages)
    {
        using var leave = new CancellationTokenSource();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(leave.Token, TestContext.Current.CancellationToken);
        limit.CancelAfter(Longest);
        if (method.Name.StartsWith("Watch", StringComparison.Ordinal))
            leave.CancelAfter(Glance);
        var options = new CallOptions(cancellationToken: limit.Token);
        MethodType type =
            method.IsClientStreaming ? MethodType.ClientStreaming
            : method.IsServerStreaming ? MethodType.ServerStreaming
            : MethodType.Unary;
        var raw = new Method<byte[], byte[]>(type, method.Service.FullName, method.Name, Raw, Raw);
        try
        {
            switch (type)
            {
                case MethodType.Unary:
                    await invoker.AsyncUnaryCall(raw, null, options, messages[0]);
                    break;
                case MethodType.ServerStreaming:
                    using (AsyncServerStreamingCall<byte[]> call = invoker.AsyncServerStreamingCall(raw, null, options, messages[0]))
                        await ReadAsync(call.ResponseStream, method, invoker, leave, limit.Token);
                    break;
                default:
                    using (AsyncClientStreamingCall<byte[], byte[]> call = invoker.AsyncClientStreamingCall(raw, null, options))
                        await SendAsync(call, messages, limit.Token);
                    break;
            }
            return Status.DefaultSuccess;
        }
        catch (RpcException fault)
        {
            // On a busy machine the aborted connection is sometimes met before the cancellation that aborted it.
            return fault.StatusCode is StatusCode.Cancelled or StatusCode.Unavailable && leave.IsCancellationRequested
                ? Status.DefaultSuccess
                : fault.Status;
        }
        catch (OperationCanceledException) when (leave.IsCancellationRequested)
        {
            return Status.DefaultSuccess;
        }
    }

    private static async Task ReadAsync(
        IAsyncStreamReader<byte[]> stream,
        MethodDescriptor method,
        CallInvoker invoker,
        CancellationTokenSource leave,
        CancellationToken limit
    )
    {
        for (int read = 0; read < 3 && await stream.MoveNext(limit); read++)
        {
            // A job outlives its caller, and thousands of them are not what is tested here.
            if (method.Name == "BuildTable" && read == 0 && BuildTableResponse.Parser.ParseFrom(stream.Current).JobId is { Length: > 0 } id)
            {
                try
                {
                    await new ProfilerService.ProfilerServiceClient(invoker).CancelJobAsync(
                        new CancelJobRequest { Id = id },
                        cancellationToken: limit
                    );
                }
                catch (RpcException fault) when (fault.StatusCode == StatusCode.FailedPrecondition)
                {
                    // It had ended.
                }
            }
        }
        await leave.CancelAsync();
    }

    private static async Task SendAsync(AsyncClientStreamingCall<byte[], byte[]> call, byte[][] messages, CancellationToken limit)
    {
        try
        {
            foreach (byte[] message in messages)
                await call.RequestStream.WriteAsync(message, limit);
            await call.RequestStream.CompleteAsync();
        }
        catch (Exception early) when (early is RpcException or InvalidOperationException)
        {
            // It was refused before its end: the answer says why.
        }
        await call.ResponseAsync;
    }
}
