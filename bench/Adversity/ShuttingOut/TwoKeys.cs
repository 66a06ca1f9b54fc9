using System.Diagnostics;
using System.Globalization;
using FasterSeg.Latency.Spaces;
using FasterSeg.Onnx;
using FasterSeg.Profiler.Client.Mapping;
using FasterSeg.Protos.Profiler.V1;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using SearchSpace = FasterSeg.Latency.Spaces.SearchSpace;

namespace FasterSeg.Bench.Adversity.ShuttingOut;

/// <summary>One key takes all that it can get; what is left for another?</summary>
/// <param name="service">The profiler.</param>
internal sealed class TwoKeys(KeyedService service)
{
    private const string Slow = "conv h64 w128 c64-64 s1",
        Fast = "conv h16 w16 c16-16 s1";

    private static readonly MeasurementOptions Options = new() { Threads = 1 };

    /// <summary>What each of two clients gets of the device that ask all the time, one for what takes long: its rate beside the other as a
    /// share of its rate alone.</summary>
    public async Task<string> DeviceTimeAsync(TimeSpan time, CancellationToken cancellation)
    {
        int slowAlone = await UseAsync("anna", Slow, time, cancellation),
            fastAlone = await UseAsync("bert", Fast, time, cancellation);
        int[] both = await Task.WhenAll(UseAsync("anna", Slow, 2 * time, cancellation), UseAsync("bert", Fast, 2 * time, cancellation));
        double slow = both[0] / 2.0 / slowAlone,
            fast = both[1] / 2.0 / fastAlone;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"of slow operators {slowAlone} alone and {both[0]} beside the other in twice the time ({slow:P0}), of fast ones "
                + $"{fastAlone} and {both[1]} ({fast:P0}): {slow / fast:0.00} : 1"
        );
    }

    /// <summary>How long another client waits for an operator while one has long models measured.</summary>
    public async Task<string> BehindModelsAsync(int models, CancellationToken cancellation)
    {
        byte[] model = OperatorModel.Build(OperatorKey.Parse("conv h256 w512 c192-192 s1"), batch: 1, seed: 1).ToByteArray();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using GrpcChannel anna = service.Open("anna");
        Task[] longOnes = [.. Enumerable.Range(0, models).Select(_ => UploadAsync(anna, model, stop.Token))];
        await Task.Delay(TimeSpan.FromSeconds(3), cancellation);
        long start = Stopwatch.GetTimestamp();
        using GrpcChannel bert = service.Open("bert");
        using AsyncServerStreamingCall<MeasureOperatorsResponse> call = new ProfilerService.ProfilerServiceClient(bert).MeasureOperators(
            new() { Keys = { Fast }, Options = Options },
            cancellationToken: cancellation
        );
        await call.ResponseStream.MoveNext(cancellation);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        int ended = longOnes.Count(each => each.IsCompleted);
        await stop.CancelAsync();
        await Task.WhenAll(longOnes);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"an operator took {seconds:0.0} s behind {models} long models, of which {ended} had ended"
        );
    }

    /// <summary>Jobs, watches and slow uploads of one client, as many as it gets, and whether another gets one of each.</summary>
    public async Task<string> SharesAsync(CancellationToken cancellation)
    {
        using GrpcChannel anna = service.Open("anna");
        var annas = new ProfilerService.ProfilerServiceClient(anna);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        List<IDisposable> held = [];
        int jobs = 0,
            uploads = 0;
        for (ulong seed = 1; seed <= 64; seed++)
            jobs += await BeginsAsync(annas, seed, cancellation) ? 1 : 0;
        for (; uploads < 1000 && await HoldUploadAsync(annas, held, stop.Token); uploads++) { }
        var tables = new LatencyTableService.LatencyTableServiceClient(anna);
        int watches = 0;
        for (; watches < 3000; watches++)
        {
            AsyncServerStreamingCall<WatchTableResponse> watch = tables.WatchTable(
                new() { Space = SearchSpace.Paper(64, 64).ToMessage() },
                cancellationToken: stop.Token
            );
            held.Add(watch);
            if (watches % 50 == 0 && !await IsAnsweredAsync(annas, cancellation))
                break;
        }
        using GrpcChannel bert = service.Open("bert");
        var berts = new ProfilerService.ProfilerServiceClient(bert);
        bool call = await IsAnsweredAsync(berts, cancellation),
            job = await BeginsAsync(berts, seed: 1000, cancellation),
            upload = await HoldUploadAsync(berts, held, stop.Token);
        held.ForEach(each => each.Dispose());
        return $"one client got {jobs} jobs, {uploads} uploads and some {watches} watches; another gets a call: {call}, a job: {job}, an "
            + $"upload: {upload}";
    }

    /// <summary>Has an operator measured again and again.</summary>
    /// <returns>How often that was done.</returns>
    private async Task<int> UseAsync(string key, string operators, TimeSpan time, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        stop.CancelAfter(time);
        using GrpcChannel channel = service.Open(key);
        int count = 0;
        try
        {
            using AsyncServerStreamingCall<MeasureOperatorsResponse> call = new ProfilerService.ProfilerServiceClient(
                channel
            ).MeasureOperators(new() { Keys = { Enumerable.Repeat(operators, 9000) }, Options = Options }, cancellationToken: stop.Token);
            await foreach (MeasureOperatorsResponse _ in call.ResponseStream.ReadAllAsync(stop.Token))
                count++;
        }
        catch (Exception over) when (over is RpcException { StatusCode: StatusCode.Cancelled } or OperationCanceledException)
        {
            // Its time is over.
        }
        return count;
    }

    private static async Task UploadAsync(GrpcChannel channel, byte[] model, CancellationToken stop)
    {
        try
        {
            await UploadBomb.SendAsync(
                channel,
                model,
                stop,
                new()
                {
                    Measurement = new() { Threads = 1, MaximumSeconds = 60 },
                }
            );
        }
        catch (OperationCanceledException)
        {
            // Enough was seen.
        }
    }

    private static async Task<bool> BeginsAsync(ProfilerService.ProfilerServiceClient client, ulong seed, CancellationToken cancellation)
    {
        using AsyncServerStreamingCall<BuildTableResponse> call = client.BuildTable(
            new()
            {
                Space = SearchSpace.Paper(128, 256, classes: 11).ToMessage(),
                Options = new() { Threads = 1, Seed = seed },
            },
            cancellationToken: cancellation
        );
        try
        {
            return await call.ResponseStream.MoveNext(cancellation);
        }
        catch (RpcException refused) when (refused.StatusCode == StatusCode.ResourceExhausted)
        {
            return false;
        }
    }

    private static async Task<bool> IsAnsweredAsync(ProfilerService.ProfilerServiceClient client, CancellationToken cancellation)
    {
        try
        {
            await client.GetDeviceAsync(new(), cancellationToken: cancellation);
            return true;
        }
        catch (RpcException refused) when (refused.StatusCode == StatusCode.ResourceExhausted)
        {
            return false;
        }
    }

    /// <summary>Begins an upload and leaves it open.</summary>
    private static async Task<bool> HoldUploadAsync(
        ProfilerService.ProfilerServiceClient client,
        List<IDisposable> held,
        CancellationToken stop
    )
    {
        AsyncClientStreamingCall<MeasureModelRequest, MeasureModelResponse> call = client.MeasureModel(cancellationToken: stop);
        held.Add(call);
        try
        {
            await call.RequestStream.WriteAsync(new() { Options = new() { Name = "slow" } }, stop);
            // A refusal comes at once.
            return await Task.WhenAny(call.ResponseAsync, Task.Delay(TimeSpan.FromMilliseconds(300), stop)) != call.ResponseAsync;
        }
        catch (RpcException)
        {
            return false;
        }
    }
}
