using FasterSeg.Latency.Spaces;
using FasterSeg.Onnx;
using FasterSeg.Onnx.Messages;
using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Profiler.Service.Measuring;
using Google.Protobuf;

namespace FasterSeg.Profiler.Service.Tests.Engines;

public sealed class CpuEngineTests
{
    private static readonly OperatorSpec Spec = new(OperatorKind.ZoomedConv, 16, 16, 32, 48);

    private readonly CpuEngine engine = new(CpuFacts.Read(defaultThreads: 1), TimeProvider.System);
    private readonly MeasurementSettings settings = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("skip h8 w8 c8-16 s2")]
    [InlineData("conv h9 w7 c8-16 s2")]
    [InlineData("zoomed_conv_2x h8 w8 c24-16 s1")]
    [InlineData("concat h8 w8 c8+16")]
    [InlineData("upsample h4 w4 c8-8 x2")]
    public void Every_kind_of_operator_runs(string key)
    {
        using IModelSession session = engine.Open(Model(OperatorKey.Parse(key)), settings, Stop);
        session.Run();
        Assert.True(session.BuildMs > 0);
    }

    [Fact]
    public void The_batch_is_the_models()
    {
        using IModelSession session = engine.Open(OperatorModel.Build(Spec, batch: 3, seed: 1).ToByteArray(), settings, Stop);
        Assert.Equal(3, session.BatchSize);
    }

    [Fact]
    public void A_run_allocates_nothing()
    {
        using IModelSession session = engine.Open(Model(Spec), settings, Stop);
        for (int i = 0; i < 50; i++)
            session.Run();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 20; i++)
            session.Run();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void A_cancelled_session_runs_no_further_node()
    {
        using var cancel = new CancellationTokenSource();
        using IModelSession session = engine.Open(Model(Spec), settings, cancel.Token);
        session.Run();
        cancel.Cancel();
        Assert.Throws<OperationCanceledException>(session.Run);
    }

    [Fact]
    public void Every_node_is_placed_on_the_cpu()
    {
        IReadOnlyDictionary<string, int> placement = engine.Placement(Model(Spec), settings, Stop).Nodes;
        (string provider, int nodes) = Assert.Single(placement);
        Assert.Equal("CPUExecutionProvider", provider);
        // Resize, convolution, resize, ReLU; the optimizer may add changes of layout.
        Assert.InRange(nodes, 3, 10);
    }

    [Fact]
    public void A_dynamic_input_is_refused_by_name()
    {
        ModelProto model = OperatorModel.Build(Spec, batch: 1, seed: 1);
        model.Graph.Input[0].Type.TensorType.Shape.Dim[2].DimParam = "rows";
        var fault = Assert.Throws<UnusableModelException>(() => engine.Open(model.ToByteArray(), settings, Stop));
        Assert.Contains("1x32xrowsx16", fault.Message, StringComparison.Ordinal);
        Assert.Contains("'input' is dynamic", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_operator_unknown_to_onnx_runtime_is_refused_with_its_reason()
    {
        ModelProto model = OperatorModel.Build(Spec, batch: 1, seed: 1);
        model.Graph.Node[0].OpType = "NoSuchOperator";
        var fault = Assert.Throws<UnusableModelException>(() => engine.Open(model.ToByteArray(), settings, Stop));
        Assert.Contains("NoSuchOperator", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_identity_says_what_numbers_depend_on()
    {
        var identity = engine.Identity(settings with { Threads = 2, BatchSize = 4 });
        Assert.Equal(
            ("cpu", "fp32", 2, 4, settings.Protocol),
            (identity.Provider, identity.Precision, identity.Threads, identity.BatchSize, identity.Protocol)
        );
        Assert.Equal(engine.Device.Uuid, identity.DeviceUuid);
    }

    private static byte[] Model(OperatorSpec spec) => OperatorModel.Build(spec, batch: 1, seed: 1).ToByteArray();
}
