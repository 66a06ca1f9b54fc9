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
    private const string Slow = "conv h128 w256 c64-64 s1",
        Fast = "conv h16 w16 c16-16 s1";

    private static readonly MeasurementOptions Options = new() { Threads = 1 };

    /// <summary>Time on the device that each of two clients gets who ask all the time, one for what takes long.</summary>
    public async Task<string> DeviceTimeAsync(TimeSpan time, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        stop.CancelAfter(time);
        (double Seconds, int Operators)[] had = await Task.WhenAll(UseAsync("anna", Slow, stop.Token), UseAsync("bert", Fast, stop.Token));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"timed runs: {had[0].Seconds:0.0} s of {had[0].Operators} slow operators to {had[1].Seconds:0.0} s of {had[1].Operators} fast "
                + $"ones, {had[0].Seconds / had[1].Seconds:0.00} : 1"
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

    private async Task<(double Seconds, int Operators)> UseAsync(string key, string operators, CancellationToken stop)
    {
        using GrpcChannel channel = service.Open(key);
        double seconds = 0;
        int count = 0;
        try
        {
            using AsyncServerStreamingCall<MeasureOperatorsResponse> call = new ProfilerService.ProfilerServiceClient(
                channel
            ).MeasureOperators(
                new()
                {
                    Keys = { Enumerable.Repeat(operators, 9000) },
                    Options = Options,
                    WithSamples = true,
                },
                cancellationToken: stop
            );
            await foreach (MeasureOperatorsResponse each in call.ResponseStream.ReadAllAsync(stop))
            {
                seconds += each.Samples.Sum(session => session.SamplesMs.Sum()) / 1000;
                count++;
            }
        }
        catch (Exception over) when (over is RpcException { StatusCode: StatusCode.Cancelled } or OperationCanceledException)
        {
            // Its time is over.
        }
        return (seconds, count);
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
