using FasterSeg.Latency.Numbers;
using FasterSeg.Latency.Spaces;
using FasterSeg.Onnx;
using FasterSeg.Onnx.Messages;
using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Profiler.Service.Engines.Gpu;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace FasterSeg.Profiler.Service.Tests.Engines.Gpu;

/// <summary>What a GPU would be given, run on the CPU, which computes the same numbers.</summary>
public sealed class GpuModelTests
{
    private const ulong Seed = 5;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("tensorrt", "fp32")]
    [InlineData("cuda", "fp32")]
    [InlineData("tensorrt", "fp16")]
    public void What_needs_no_rewriting_stays_as_it_is(string provider, string precision)
    {
        byte[] onnx = Operator("conv h8 w8 c8-8 s1").ToByteArray();
        Assert.Same(onnx, GpuModel.Prepare(onnx, provider, precision, Seed, Stop).Onnx);
    }

    [Theory]
    [InlineData("conv h16 w16 c16-24 s1")]
    [InlineData("conv_2x h16 w16 c8-16 s2")]
    [InlineData("skip h9 w9 c8-16 s2")]
    [InlineData("zoomed_conv_2x h16 w16 c16-16 s1")]
    [InlineData("head h8 w8 c32-11 s1 k3")]
    public void An_int8_operator_is_close_to_fp32_but_not_the_same(string key)
    {
        byte[] onnx = Operator(key).ToByteArray();
        GpuModel int8 = GpuModel.Prepare(onnx, "tensorrt", "int8", Seed, Stop);
        float[] expected = Output(onnx),
            actual = Output(int8.Onnx);
        // 127 steps for the largest value of the input and of each kernel: an error of a few of them. None at all would be no int8.
        Assert.InRange(RelativeError(expected, actual), 1e-5, 0.04);
    }

    [Fact]
    public void An_int8_network_is_close_to_fp32()
    {
        byte[] onnx = TwoBranches().ToByteArray();
        float[] expected = Output(onnx),
            actual = Output(GpuModel.Prepare(onnx, "tensorrt", "int8", Seed, Stop).Onnx);
        Assert.InRange(RelativeError(expected, actual), 1e-5, 0.08);
    }

    [Fact]
    public void An_operator_without_convolution_stays_as_it_is_in_int8()
    {
        byte[] onnx = Operator("upsample h4 w4 c8-8 x2").ToByteArray();
        Assert.Equal(onnx, GpuModel.Prepare(onnx, "tensorrt", "int8", Seed, Stop).Onnx);
    }

    [Fact]
    public void The_ranges_of_maps_are_their_largest_absolute_values()
    {
        ModelProto model = Operator("conv_2x h8 w8 c8-8 s1");
        IReadOnlyCollection<string> maps = QuantizedModel.Activations(model);
        Assert.Equal(2, maps.Count);
        IReadOnlyDictionary<string, float> ranges = ActivationRanges.Measure(model, maps, Seed, Stop);
        // 512 normal values hardly stay within 2, and hardly reach 6.
        Assert.InRange(ranges[OperatorModel.InputName], 2, 6);
        Assert.All(ranges.Values, range => Assert.True(range > 0));
    }

    [Theory]
    [InlineData("conv h16 w16 c16-24 s1")]
    [InlineData("skip h9 w9 c8-16 s2")]
    [InlineData("zoomed_conv h16 w16 c16-16 s1")]
    public void An_fp16_operator_is_close_to_fp32_and_takes_and_gives_float16(string key)
    {
        byte[] onnx = Operator(key).ToByteArray();
        GpuModel half = GpuModel.Prepare(onnx, "cuda", "fp16", Seed, Stop);
        // Bound as float16, which a float32 input would refuse.
        float[] expected = Output(onnx),
            actual = Output(half.Onnx, half: true);
        Assert.InRange(RelativeError(expected, actual), 1e-7, 0.01);
    }

    [Fact]
    public void An_fp16_model_can_be_bound_and_run()
    {
        GpuModel half = GpuModel.Prepare(Operator("conv h8 w8 c8-8 s1").ToByteArray(), "cuda", "fp16", Seed, Stop);
        using var options = new SessionOptions();
        using var session = new OnnxSession(half.Onnx, options, Seed, cancellation: Stop);
        session.Run();
        Assert.Equal(1, session.BatchSize);
    }

    [Fact]
    public void An_fp16_model_with_an_unknown_operator_is_refused_by_name()
    {
        ModelProto model = Operator("conv h8 w8 c8-8 s1");
        model.Graph.Node[0].OpType = "NonMaxSuppression";
        var fault = Assert.Throws<UnusableModelException>(() => GpuModel.Prepare(model.ToByteArray(), "cuda", "fp16", Seed, Stop));
        Assert.Contains("a NonMaxSuppression", fault.Message, StringComparison.Ordinal);
    }

    private static ModelProto Operator(string key) => OperatorModel.Build(OperatorKey.Parse(key), batch: 1, seed: 3);

    /// <summary>A map that two convolutions read, joined again: what an exported network has and an operator has not.</summary>
    private static ModelProto TwoBranches()
    {
        OperatorSpec stem = OperatorKey.Parse("conv h16 w16 c8-16 s1"),
            left = OperatorKey.Parse("conv h16 w16 c16-8 s1"),
            right = OperatorKey.Parse("conv_2x h16 w16 c16-8 s1"),
            join = OperatorKey.Parse("concat h16 w16 c8+8");
        var graph = new OnnxGraphBuilder("branches", batch: 1);
        OnnxValue x = graph.Append(stem, graph.Input("input", 8, 16, 16), OperatorModel.RandomWeights(stem, 1));
        graph.Output(
            graph.Concat(
                join,
                graph.Append(left, x, OperatorModel.RandomWeights(left, 2)),
                graph.Append(right, x, OperatorModel.RandomWeights(right, 3))
            ),
            "output"
        );
        return graph.Build();
    }

    /// <summary>The largest difference as a share of the largest expected value.</summary>
    private static double RelativeError(float[] expected, float[] actual) =>
        (double)expected.Zip(actual, (a, b) => Math.Abs(a - b)).Max() / expected.Max(Math.Abs);

    private static float[] Output(byte[] onnx, bool half = false)
    {
        // As TensorRT gets it: ONNX Runtime changes nothing in the graph.
        using var options = new SessionOptions { GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL };
        using var session = new InferenceSession(onnx, options);
        (string name, NodeMetadata metadata) = session.InputMetadata.Single();
        var random = new SplitMix64(Seed);
        float[] input =
        [
            .. Enumerable.Range(0, metadata.Dimensions.Aggregate(1, (a, b) => a * b)).Select(_ => (float)random.NextGaussian()),
        ];
        long[] shape = [.. metadata.Dimensions.Select(side => (long)side)];
        using OrtValue value = half
            ? OrtValue.CreateTensorValueFromMemory(Array.ConvertAll(input, number => (Float16)number), shape)
            : OrtValue.CreateTensorValueFromMemory(input, shape);
        using var run = new RunOptions();
        using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(
            run,
            new Dictionary<string, OrtValue> { [name] = value },
            session.OutputNames
        );
        return half
            ? Array.ConvertAll(outputs[0].GetTensorDataAsSpan<Float16>().ToArray(), number => (float)number)
            : outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }
}
