using FasterSeg.Latency.Spaces;
using FasterSeg.Onnx;
using FasterSeg.Onnx.Messages;
using FasterSeg.Profiler.Service.Tests.Hosting;
using FasterSeg.Protos.Profiler.V1;
using Google.Protobuf;
using Grpc.Core;

namespace FasterSeg.Profiler.Service.Tests.Grpc;

public sealed class MeasureTests(ProfilerFixture host)
{
    private readonly ModelProto model = OperatorModel.Build(new(OperatorKind.Conv2x, 16, 16, 16, 24), batch: 1, seed: 1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_device_is_described()
    {
        Device device = (await host.Measuring.GetDeviceAsync(new(), cancellationToken: Cancellation)).Device;
        Assert.Equal(host.Profiler.Device.Name, device.Name);
        Assert.Equal([ExecutionProvider.Cpu], device.Providers);
        Assert.Equal(Environment.ProcessorCount, device.LogicalCores);
        Assert.Equal(1, device.DefaultThreads);
        Assert.Matches("^right, [0-9]+ operators, largest difference [0-9.]+E-[0-9]+$", device.Environment["known_numbers"]);
        Assert.Contains("cpu_instructions", device.Environment.Keys);
    }

    [Fact]
    public async Task Operators_are_measured_in_the_order_asked_for()
    {
        string[] keys = ["conv h16 w16 c16-24 s1", "skip h16 w16 c16-16 s1", "upsample h8 w8 c16-16 x2", "concat h8 w8 c8+16"];
        using AsyncServerStreamingCall<MeasureOperatorsResponse> call = host.Measuring.MeasureOperators(
            new() { Keys = { keys }, Options = ProfilerFixture.Rough },
            cancellationToken: Cancellation
        );
        List<MeasureOperatorsResponse> answers = await ProfilerFixture.CollectAsync(call.ResponseStream);
        Assert.Equal(keys, answers.Select(answer => answer.Key));
        Assert.Equal([false, true, false, false], answers.Select(answer => answer.Defined));
        Assert.All(answers.Where(answer => !answer.Defined), answer => Assert.True(answer.Statistics.MedianMs > 0));
        Assert.Null(answers[1].Statistics);
        Assert.All(answers, answer =>
            Assert.Equal("sessions-v5 sessions=3 half-width=0.3 min-samples=6 cap=0.01s hot-cache", answer.Identity.Protocol)
        );
    }

    [Fact]
    public async Task A_model_is_measured_with_proof_of_its_placement()
    {
        MeasureModelResponse response = await SendAsync(model.ToByteArray());
        Assert.True(response.Statistics.MedianMs > 0);
        Assert.True(response.Statistics.Samples >= 6);
        Assert.True(response.BuildMs > 0);
        NodePlacement placement = Assert.Single(response.Placement);
        Assert.Equal("CPUExecutionProvider", placement.Provider);
        Assert.True(placement.Nodes >= 2);
        Assert.Equal(1, response.Identity.BatchSize);
    }

    [Fact]
    public async Task Raw_samples_come_where_they_are_asked_for()
    {
        using AsyncServerStreamingCall<MeasureOperatorsResponse> call = host.Measuring.MeasureOperators(
            new()
            {
                Keys = { "conv h16 w16 c16-24 s1" },
                Options = ProfilerFixture.Rough,
                WithSamples = true,
            },
            cancellationToken: Cancellation
        );
        MeasureOperatorsResponse answer = Assert.Single(await ProfilerFixture.CollectAsync(call.ResponseStream));
        AssertSamples(answer.Statistics, answer.Samples);
        Assert.True(answer.BuildMs > 0);
        NodePlacement placement = Assert.Single(answer.Placement);
        Assert.Equal(("CPUExecutionProvider", true), (placement.Provider, placement.Nodes >= 1));

        MeasureModelResponse response = await SendAsync(model.ToByteArray(), withSamples: true);
        AssertSamples(response.Statistics, response.Samples);
        Assert.Empty((await SendAsync(model.ToByteArray())).Samples);
    }

    [Fact]
    public async Task A_truncated_model_is_refused()
    {
        byte[] whole = model.ToByteArray();
        (string field, string sentence) = await RefusedAsync(() => SendAsync(whole[..^100]));
        Assert.Equal("chunk", field);
        Assert.Contains("truncated", sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dynamic_model_is_refused()
    {
        model.Graph.Input[0].Type.TensorType.Shape.Dim[3].DimParam = "columns";
        (string field, string sentence) = await RefusedAsync(() => SendAsync(model.ToByteArray()));
        Assert.Equal("chunk", field);
        Assert.Contains("dynamic", sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dynamic_model_is_measured_at_the_shape_that_is_said_and_its_batch_comes_back()
    {
        model.Graph.Input[0].Type.TensorType.Shape.Dim[0].DimParam = "batch";
        model.Graph.Output[0].Type.TensorType.Shape.Dim[0].DimParam = "batch";
        MeasureModelResponse response = await SendAsync(
            model.ToByteArray(),
            shapes: new InputShape { Name = "input", Sides = { 3, 16, 16, 16 } }
        );
        Assert.Equal(3, response.Identity.BatchSize);
        Assert.Matches("^right, ", response.Device.Environment["known_numbers"]);
    }

    [Fact]
    public async Task An_empty_upload_is_refused() => Assert.Equal("chunk", (await RefusedAsync(() => SendAsync([]))).Field);

    [Fact]
    public async Task Another_batch_than_the_models_is_refused()
    {
        MeasurementOptions options = ProfilerFixture.Rough;
        options.BatchSize = 4;
        Assert.Equal("options.measurement.batch_size", (await RefusedAsync(() => SendAsync(model.ToByteArray(), options))).Field);
    }

    [Fact]
    public async Task Another_provider_is_refused_for_a_model_too()
    {
        MeasurementOptions options = ProfilerFixture.Rough;
        options.Provider = ExecutionProvider.Cuda;
        Assert.Equal("options.measurement.provider", (await RefusedAsync(() => SendAsync(model.ToByteArray(), options))).Field);
    }

    [Fact]
    public async Task An_upload_out_of_order_is_refused()
    {
        using AsyncClientStreamingCall<MeasureModelRequest, MeasureModelResponse> call = host.Measuring.MeasureModel(
            cancellationToken: Cancellation
        );
        await call.RequestStream.WriteAsync(new() { Chunk = ByteString.CopyFrom(1, 2) }, Cancellation);
        Assert.Equal("options", (await RefusedAsync(() => call.ResponseAsync)).Field);
    }

    private static async Task<(string Field, string Sentence)> RefusedAsync(Func<Task<MeasureModelResponse>> call)
    {
        var violation = Assert.Single(RefusalTests.Violations(await Assert.ThrowsAsync<RpcException>(call)));
        return (violation.Field, violation.Description);
    }

    private static void AssertSamples(Statistics statistics, IReadOnlyList<SessionSamples> sessions)
    {
        Assert.Equal((3, 3), (statistics.Sessions, sessions.Count));
        Assert.Equal(statistics.Samples, sessions.Sum(session => session.SamplesMs.Count));
        double[] medians = [.. sessions.Select(session => MathNet.Numerics.Statistics.Statistics.Median(session.SamplesMs))];
        Assert.Equal(medians.Order().ElementAt(1), statistics.MedianMs, 12);
    }

    private async Task<MeasureModelResponse> SendAsync(
        byte[] onnx,
        MeasurementOptions? options = null,
        bool withSamples = false,
        params InputShape[] shapes
    )
    {
        using AsyncClientStreamingCall<MeasureModelRequest, MeasureModelResponse> call = host.Measuring.MeasureModel(
            cancellationToken: Cancellation
        );
        await call.RequestStream.WriteAsync(
            new()
            {
                Options = new()
                {
                    Name = "test",
                    Measurement = options ?? ProfilerFixture.Rough,
                    WithSamples = withSamples,
                    Shapes = { shapes },
                },
            },
            Cancellation
        );
        foreach (byte[] chunk in onnx.Chunk(10_000))
            await call.RequestStream.WriteAsync(new() { Chunk = ByteString.CopyFrom(chunk) }, Cancellation);
        await call.RequestStream.CompleteAsync();
        return await call;
    }
}
