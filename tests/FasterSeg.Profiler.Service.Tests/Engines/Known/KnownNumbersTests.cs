using System.Text.Json;
using FasterSeg.Latency.Spaces;
using FasterSeg.Onnx;
using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Profiler.Service.Engines.Known;
using FasterSeg.Profiler.Service.Isolation;
using FasterSeg.Profiler.Service.Jobs;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Protos.Profiler.Worker.V1;
using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;

namespace FasterSeg.Profiler.Service.Tests.Engines.Known;

public sealed class KnownNumbersTests
{
    private static readonly MeasurementSettings Rough = new()
    {
        RelativeHalfWidth = 0.3,
        MinimumSamples = 6,
        MaximumSeconds = 0.01,
    };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void This_machines_processor_computes_them_right()
    {
        var result = KnownNumbers.Check(new CpuEngine(CpuFacts.Read(defaultThreads: 1), TimeProvider.System), Stop);
        // No difference at all would mean that one thing was compared with itself.
        Assert.InRange(result.Difference, 1e-9, 2e-5);
        Assert.Matches("^right, 15 operators, largest difference [0-9.]+E-[0-9]+$", result.ToString());
    }

    /// <summary>What they cover, as numeric libraries fail by kernel size, stride, channels and sides.</summary>
    [Fact]
    public void They_cover_kernels_strides_sides_and_the_rests_of_channels()
    {
        IReadOnlyList<OperatorSpec> all = KnownNumbers.Operators;
        Assert.Superset(new HashSet<int> { 1, 3 }, all.SelectMany(OperatorWeightShapes.Of).Select(shape => shape.Kernel).ToHashSet());
        Assert.Superset(
            new HashSet<int> { 8, 16, 24, 40, 56, 72 },
            all.SelectMany(OperatorWeightShapes.Of)
                .Where(shape => shape.Kernel == 3)
                .SelectMany(shape => new[] { shape.InChannels, shape.OutChannels })
                .ToHashSet()
        );
        Assert.Superset(
            new HashSet<OperatorKind> { OperatorKind.Conv, OperatorKind.ZoomedConv, OperatorKind.Conv2x, OperatorKind.Upsample },
            all.Select(spec => spec.Kind).ToHashSet()
        );
        Assert.Contains(all, spec => spec is { Kind: OperatorKind.Conv, Stride: 2 });
        Assert.Contains(all, spec => spec is { Kind: OperatorKind.Skip, Stride: 2 });
        Assert.Contains(all, spec => spec.Height % 2 == 1 && spec.Width % 2 == 1);
    }

    [Theory]
    [
        InlineData("skip h9 w8 c8-16 s2"),
        InlineData("skip h7 w9 c8-15 s2"),
        InlineData("zoomed_conv h1 w5 c8-8 s1"),
        InlineData("zoomed_conv h9 w5 c8-8 s2"),
        InlineData("zoomed_conv_2x h8 w9 c8-24 s1")
    ]
    [
        InlineData("conv_2x h7 w7 c8-24 s2"),
        InlineData("fusion h5 w5 c24-8 s1 k1"),
        InlineData("refine h5 w5 c24-8 s1 k3"),
        InlineData("head h3 w4 c264-5 s1 k3"),
        InlineData("upsample h3 w1 c8-8 x8")
    ]
    public void TheReference_IsWhatOnnxRuntimeComputes(string key)
    {
        OperatorSpec spec = OperatorKey.Parse(key);
        IReadOnlyList<ConvolutionWeights> weights = OperatorModel.RandomWeights(spec, seed: 3);
        using IModelSession session = new CpuEngine(CpuFacts.Read(defaultThreads: 1), TimeProvider.System).OpenToRead(
            OperatorModel.Build(spec, batch: 1, weights).ToByteArray(),
            new(),
            Stop
        );
        var input = new ReferenceMap(
            Array.ConvertAll(session.Read(OperatorModel.InputName), value => (double)value),
            spec.InChannels,
            spec.Height,
            spec.Width
        );
        ReferenceMap expected = ReferenceOperator.Compute(spec, weights, input);
        Assert.Equal((spec.OutChannels, spec.OutHeight, spec.OutWidth), (expected.Channels, expected.Height, expected.Width));
        float[] actual = session.Read(OperatorModel.OutputName);
        Assert.Equal(expected.Values.Length, actual.Length);
        Assert.All(expected.Values.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 5e-5));
    }

    /// <summary>All of a kernel that is wrong, one value of it, one that is wrong now and then, one that is no number.</summary>
    [Theory]
    [InlineData(0, 0), InlineData(6, 0), InlineData(13, 3), InlineData(14, KnownNumbers.Runs - 1)]
    public void A_wrong_kernel_is_found_and_named_whichever_and_whenever_it_is(int index, int fromRun)
    {
        var result = KnownNumbers.Check(new CorruptEngine(value => value + 1.3f, index, fromRun), Stop);
        Assert.False(result.IsRight);
        Assert.Equal(KnownNumbers.Operators[index], result.Worst);
        Assert.StartsWith($"wrong: {KnownNumbers.Operators[index]} is off by ", result.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(float.NaN), InlineData(float.PositiveInfinity)]
    public void A_kernel_that_gives_no_number_is_wrong(float value)
    {
        var result = KnownNumbers.Check(new CorruptEngine(_ => value, index: 4), Stop);
        Assert.Equal($"wrong: {KnownNumbers.Operators[4]} gives values that are no numbers", result.ToString());
    }

    [Theory]
    [InlineData("fp32", 1e-4), InlineData("fp16", 0.05), InlineData("int8", 0.25)]
    public void The_tolerance_is_the_precisions_rounding(string precision, double expected) =>
        Assert.Equal(expected, KnownNumbers.Tolerance(precision));

    /// <summary>
    /// What a GPU is given, computed here: the rounding of its precision is far from the tolerance, and far from nothing.
    /// </summary>
    [Theory]
    [InlineData("cuda", "fp16", 0.0005), InlineData("tensorrt", "int8", 0.01)]
    public void A_model_rewritten_for_a_precision_is_off_by_its_rounding_and_right(string provider, string precision, double least)
    {
        var result = KnownNumbers.Check(new RewritingEngine(provider, precision), Stop);
        TestContext.Current.TestOutputHelper?.WriteLine($"{precision}: {result}");
        Assert.InRange(result.Difference, least, 0.75 * KnownNumbers.Tolerance(precision));
    }

    [Fact]
    public void With_a_wrong_kernel_no_operator_is_measured_and_the_entry_says_why()
    {
        var corrupt = new CorruptEngine(value => value + 1.3f);
        var measurer = new OperatorMeasurer(new CheckedEngine(corrupt), TimeProvider.System, NullLogger<OperatorMeasurer>.Instance);
        // Right or wrong, this operator's own kernel is none of the wrong ones.
        OperatorSession session = measurer.Measure(OperatorKey.Parse("upsample h4 w4 c8-8 x2"), Rough, Stop);
        Assert.Matches(
            "computes wrong numbers with cpu in fp32: conv h9 w16 c40-72 s1 is off by [0-9.]+ of its output's scale, where "
                + "rounding is at most 0.0001; nothing is measured there",
            session.Entry.Failure
        );
        Assert.Equal(0, corrupt.Opened);
    }

    [Fact]
    public void With_a_wrong_kernel_no_network_is_measured()
    {
        var corrupt = new CorruptEngine(value => value + 1.3f);
        var measurer = new ModelMeasurer(new CheckedEngine(corrupt), TimeProvider.System);
        byte[] onnx = OperatorModel.Build(OperatorKey.Parse("conv h8 w8 c16-16 s1"), batch: 1, seed: 1).ToByteArray();
        Assert.Throws<WrongNumbersException>(() =>
            measurer.Measure(new UploadedModel(onnx), askedBatch: 0, Rough, withSamples: false, Stop)
        );
        Assert.Equal(0, corrupt.Opened);
    }

    [Fact]
    public void With_a_wrong_kernel_the_device_is_lost_and_no_entry_is_made()
    {
        var measurer = new OperatorMeasurer(
            new CheckedEngine(new CorruptEngine(value => value + 1.3f)),
            TimeProvider.System,
            NullLogger<OperatorMeasurer>.Instance
        );
        var health = new DeviceHealth(NullLogger<DeviceHealth>.Instance);
        var watched = new WatchedMeasurer(
            measurer,
            new ModelMeasurer(new CorruptEngine(value => value), TimeProvider.System),
            new DeviceProbe(measurer, health),
            health,
            NullLogger<WatchedMeasurer>.Instance
        );
        var lost = Assert.Throws<DeviceLostException>(() => watched.Measure(OperatorKey.Parse("upsample h4 w4 c8-8 x2"), Rough, Stop));
        Assert.Contains("computes wrong numbers with cpu in fp32: conv h9 w16 c40-72 s1 is off by", lost.Message, StringComparison.Ordinal);
        Assert.NotNull(health.Reason);
    }

    [Fact]
    public void A_worker_with_a_wrong_kernel_answers_whatever_is_asked_with_the_sentence()
    {
        var engine = new CheckedEngine(new CorruptEngine(value => value + 1.3f));
        var host = new WorkerHost(
            engine,
            new OperatorMeasurer(engine, TimeProvider.System, NullLogger<OperatorMeasurer>.Instance),
            new ModelMeasurer(engine, TimeProvider.System)
        );
        string settings = JsonSerializer.Serialize(Rough);
        byte[] onnx = OperatorModel.Build(OperatorKey.Parse("conv h8 w8 c16-16 s1"), batch: 1, seed: 1).ToByteArray();
        using MemoryStream input = new(),
            output = new();
        foreach (
            WorkerRequest request in new WorkerRequest[]
            {
                new() { Check = new() },
                new() { Key = "conv h8 w8 c16-16 s1", Settings = settings },
                new()
                {
                    Model = new() { Onnx = { ByteString.CopyFrom(onnx) } },
                    Settings = settings,
                },
            }
        )
            request.WriteDelimitedTo(input);
        input.Position = 0;
        host.Run(input, output, orphaned: () => { });
        output.Position = 0;
        Assert.Contains("computes wrong numbers", WorkerResponse.Parser.ParseDelimitedFrom(output).WrongNumbers, StringComparison.Ordinal);
        Assert.Contains("computes wrong numbers", WorkerResponse.Parser.ParseDelimitedFrom(output).Session.Entry, StringComparison.Ordinal);
        Assert.Contains("computes wrong numbers", WorkerResponse.Parser.ParseDelimitedFrom(output).WrongNumbers, StringComparison.Ordinal);
    }

    [Fact]
    public void The_outcome_stands_in_the_environment_once_it_is_known()
    {
        var engine = new CheckedEngine(new CorruptEngine(value => value));
        Assert.DoesNotContain(CheckedEngine.Fact, engine.Environment().Keys);
        engine.Check(Stop);
        Assert.StartsWith("right, 15 operators, largest difference ", engine.Environment()[CheckedEngine.Fact], StringComparison.Ordinal);
    }
}
