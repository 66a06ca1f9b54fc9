using FasterSeg.Onnx;
using FasterSeg.Profiler.Service.Tests.Engines;
using FasterSeg.Profiler.Service.Tests.Hosting;
using FasterSeg.Protos.Profiler.V1;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;

namespace FasterSeg.Profiler.Service.Tests.Grpc;

/// <summary>Whatever clients ask for at once, the engine sees one session at a time, and runs on one thread only.</summary>
public sealed class OneAtATimeTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("fasterseg-one-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Clients_that_ask_at_once_are_measured_one_after_another()
    {
        var engine = new FakeEngine();
        await using WebApplication application = await FakeHost.StartAsync(engine, folder);
        using GrpcChannel channel = GrpcChannel.ForAddress(application.Urls.First());
        var client = new ProfilerService.ProfilerServiceClient(channel);

        await Task.WhenAll([
            BuildAsync(client, seed: 1),
            BuildAsync(client, seed: 2),
            .. Enumerable.Range(0, 4).Select(_ => MeasureOperatorsAsync(client)),
            .. Enumerable.Range(0, 4).Select(_ => MeasureModelAsync(client)),
        ]);

        Assert.Equal(1, engine.MostOpen);
        Assert.Single(engine.Threads);
    }

    private static async Task BuildAsync(ProfilerService.ProfilerServiceClient client, ulong seed)
    {
        var request = new BuildTableRequest { Space = ProfilerFixture.TinySpace, Options = Rough() };
        request.Options.Seed = seed;
        using AsyncServerStreamingCall<BuildTableResponse> call = client.BuildTable(request, cancellationToken: Cancellation);
        Assert.NotEmpty((await ProfilerFixture.CollectAsync(call.ResponseStream))[^1].TableId);
    }

    private static async Task MeasureOperatorsAsync(ProfilerService.ProfilerServiceClient client)
    {
        var request = new MeasureOperatorsRequest { Keys = { Enumerable.Repeat("conv h8 w8 c8-8 s1", 20) }, Options = Rough() };
        using AsyncServerStreamingCall<MeasureOperatorsResponse> call = client.MeasureOperators(request, cancellationToken: Cancellation);
        Assert.Equal(20, (await ProfilerFixture.CollectAsync(call.ResponseStream)).Count);
    }

    private static async Task MeasureModelAsync(ProfilerService.ProfilerServiceClient client)
    {
        using AsyncClientStreamingCall<MeasureModelRequest, MeasureModelResponse> call = client.MeasureModel(
            cancellationToken: Cancellation
        );
        await call.RequestStream.WriteAsync(new() { Options = new() { Measurement = Rough() } }, Cancellation);
        await call.RequestStream.WriteAsync(
            new() { Chunk = OperatorModel.Build(new(Latency.Spaces.OperatorKind.Conv, 8, 8, 8, 8), batch: 1, seed: 1).ToByteString() },
            Cancellation
        );
        await call.RequestStream.CompleteAsync();
        Assert.True((await call).Statistics.MedianMs > 0);
    }

    private static MeasurementOptions Rough() =>
        new()
        {
            MinimumSamples = 6,
            MaximumSeconds = 0.001,
            RelativeHalfWidth = 0.5,
            Sessions = 1,
        };
}
