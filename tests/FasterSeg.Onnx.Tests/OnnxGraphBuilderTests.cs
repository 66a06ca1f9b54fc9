using FasterSeg.Latency.Spaces;
using FasterSeg.Onnx.Messages;

namespace FasterSeg.Onnx.Tests;

public sealed class OnnxGraphBuilderTests
{
    private static readonly OperatorSpec Conv = OperatorKey.Parse("conv h6 w8 c4-4 s1");
    private static readonly OperatorSpec Down = OperatorKey.Parse("zoomed_conv h6 w8 c4-8 s2");
    private static readonly OperatorSpec Up = OperatorKey.Parse("upsample h3 w4 c8-8 x2");
    private static readonly OperatorSpec Join = OperatorKey.Parse("concat h6 w8 c8+4");

    /// <summary>conv, conv again, zoomed conv down, up, beside the first convolution's map, which is an output too.</summary>
    private static ModelProto Network(int batch)
    {
        var graph = new OnnxGraphBuilder("network", batch);
        OnnxValue first = Append(graph, Conv, graph.Input("image", 4, 6, 8), 1);
        OnnxValue small = Append(graph, Down, Append(graph, Conv, first, 2), 3);
        graph.Output(graph.Concat(Join, Append(graph, Up, small, 0), first), "joined");
        return graph.Build();
    }

    private static OnnxValue Append(OnnxGraphBuilder graph, OperatorSpec spec, OnnxValue input, ulong seed) =>
        graph.Append(spec, input, OperatorModel.RandomWeights(spec, seed));

    [Fact]
    public void Network_in_onnx_runtime_equals_plain_loops()
    {
        Tensor x = Tensor.Random(3, 4, 6, 8, seed: 1);

        Tensor output = Runtime.Run(Network(batch: 3), ("image", x));

        Tensor first = Apply(Conv, x, 1);
        Tensor small = Apply(Down, Apply(Conv, first, 2), 3);
        OperatorModelTests.AssertClose(Naive.Concat(Apply(Up, small, 0), first), output);

        static Tensor Apply(OperatorSpec spec, Tensor input, ulong seed) =>
            Naive.Apply(spec, input, OperatorModel.RandomWeights(spec, seed));
    }

    [Fact]
    public void Parts_are_read_back_each_use_on_its_own()
    {
        ModelProto model = Network(batch: 1);

        IReadOnlyList<OnnxPart> parts = OnnxNetworkReader.Parts(model);

        Assert.Equal([Conv, Conv, Down, Up, Join], parts.Select(part => part.Spec));
        Assert.Equal([0, 1, 2, 3, 4], parts.Select(part => part.Number));
        Assert.Equal(model.Graph.Node, parts.SelectMany(part => part.Nodes));
        Assert.Equal(["Resize", "Conv", "Relu"], parts[2].Nodes.Select(node => node.OpType));
        Assert.Equal("002 zoomed_conv h6 w8 c4-8 s2 Resize", parts[2].Nodes[0].Name);
        Assert.Equal(model.Graph.Node.Count, model.Graph.Node.DistinctBy(node => node.Name).Count());
        Assert.Equal(model.Graph.Initializer.Count, model.Graph.Initializer.DistinctBy(tensor => tensor.Name).Count());
    }

    [Fact]
    public void Foreign_node_is_named()
    {
        ModelProto model = Network(batch: 1);
        model.Graph.Node[0].DocString = "";
        Assert.Contains(
            "000 conv h6 w8 c4-4 s1 Conv",
            Assert.Throws<FormatException>(() => OnnxNetworkReader.Parts(model)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Output_that_is_read_on_is_both()
    {
        var graph = new OnnxGraphBuilder("two", 1);
        OnnxValue first = Append(graph, Conv, graph.Input("image", 4, 6, 8), 1);
        graph.Output(first, "first");
        graph.Output(Append(graph, Conv, first, 2), "second");

        ModelProto model = graph.Build();

        Assert.Equal(["first", "second"], model.Graph.Output.Select(output => output.Name));
        Assert.Equal("first", OnnxNetworkReader.Parts(model)[1].Nodes[0].Input[0]);
        Assert.Equal([1, 4, 6, 8], model.Graph.Output[0].Type.TensorType.Shape.Dim.Select(dim => dim.DimValue));
    }

    [Theory]
    [InlineData("conv h6 w9 c4-4 s1", "conv h6 w8 c4-4 s1", "reads a map of 4x6x9, not 4x6x8")]
    [InlineData("conv h6 w8 c4-8 s1", "conv h6 w8 c4-4 s1", "The weights of convolution 1")]
    [InlineData("conv_2x h6 w8 c4-4 s1", "conv h6 w8 c4-4 s1", "has 2 convolutions, not 1")]
    [InlineData("concat h6 w8 c4+4", "conv h6 w8 c4-4 s1", "has two inputs")]
    public void Misshapen_part_is_refused_by_its_key(string key, string weightsOf, string message)
    {
        var graph = new OnnxGraphBuilder("bad", 1);
        OnnxValue input = graph.Input("image", 4, 6, 8);

        ArgumentException error = Assert.Throws<ArgumentException>(() =>
            graph.Append(OperatorKey.Parse(key), input, OperatorModel.RandomWeights(OperatorKey.Parse(weightsOf), 1))
        );

        Assert.Contains($"'{key}'", error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Impossible_spec_is_refused()
    {
        var graph = new OnnxGraphBuilder("bad", 1);
        OnnxValue input = graph.Input("image", 4, 6, 8);
        var head = new OperatorSpec(OperatorKind.Head, 6, 8, 4, 3, Stride: 2);
        Assert.Throws<ArgumentException>(() => Append(graph, head, input, 1));
    }

    [Fact]
    public void Maps_and_names_are_checked_too()
    {
        var graph = new OnnxGraphBuilder("bad", 1);
        OnnxValue input = graph.Input("image", 4, 6, 8);
        OnnxValue made = Append(graph, Conv, input, 1);
        Assert.Throws<InvalidOperationException>(graph.Build);
        Assert.Throws<ArgumentException>(() => Append(graph, Conv, new OnnxValue("stranger", 4, 6, 8), 1));
        Assert.Throws<ArgumentException>(() => graph.Concat(Conv, made, made));
        Assert.Throws<ArgumentException>(() => graph.Concat(OperatorKey.Parse("concat h6 w8 c4+5"), made, made));
        Assert.Throws<ArgumentException>(() => graph.Output(input, "output"));
        Assert.Throws<ArgumentException>(() => graph.Output(made, "image"));
        Assert.Throws<ArgumentException>(() => graph.Output(made, "000.Conv"));
        graph.Output(made, "output");
        Assert.Throws<ArgumentException>(() => graph.Output(made, "again"));
        Assert.Throws<ArgumentException>(() => graph.Input("image", 1, 1, 1));
        Assert.Throws<ArgumentException>(() => graph.Input("empty", 0, 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new OnnxGraphBuilder("bad", 0));
    }
}
