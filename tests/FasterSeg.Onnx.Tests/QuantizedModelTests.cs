using FasterSeg.Latency.Spaces;
using FasterSeg.Onnx.Messages;

namespace FasterSeg.Onnx.Tests;

public sealed class QuantizedModelTests
{
    private readonly ModelProto model = OperatorModel.Build(OperatorKey.Parse("conv_2x h8 w8 c8-16 s1"), batch: 1, seed: 1);

    [Fact]
    public void Every_convolution_has_pairs_of_its_own_before_input_and_kernel()
    {
        ModelProto quantized = Quantized();
        NodeProto[] convolutions = [.. quantized.Graph.Node.Where(node => node.OpType == "Conv")];
        Assert.Equal(2, convolutions.Length);
        string[] sources = [.. convolutions.SelectMany(node => node.Input.Take(2))];
        Assert.Equal(4, sources.Distinct().Count());
        foreach (string source in sources)
        {
            NodeProto dequantize = Maker(quantized, source),
                quantize = Maker(quantized, dequantize.Input[0]);
            Assert.Equal(("DequantizeLinear", "QuantizeLinear"), (dequantize.OpType, quantize.OpType));
            Assert.Equal(dequantize.Input.Skip(1), quantize.Input.Skip(1));
        }
    }

    [Fact]
    public void Kernels_are_scaled_by_output_channel_and_stay_float()
    {
        ModelProto quantized = Quantized();
        NodeProto pair = quantized.Graph.Node.First(node => node.OpType == "QuantizeLinear" && node.Attribute.Count > 0);
        Assert.Equal(0, pair.Attribute.Single(attribute => attribute.Name == "axis").I);
        Assert.Equal([16L], quantized.Graph.Initializer.Single(tensor => tensor.Name == pair.Input[1]).Dims);
        Assert.Equal(1, quantized.Graph.Initializer.Single(tensor => tensor.Name == pair.Input[0]).DataType);
    }

    [Fact]
    public void Zero_points_are_int8_and_zero()
    {
        ModelProto quantized = Quantized();
        foreach (NodeProto node in quantized.Graph.Node.Where(node => node.OpType == "QuantizeLinear"))
        {
            TensorProto zero = quantized.Graph.Initializer.Single(tensor => tensor.Name == node.Input[2]);
            Assert.Equal(3, zero.DataType);
            Assert.All(zero.RawData, value => Assert.Equal(0, value));
        }
    }

    [Fact]
    public void New_nodes_belong_to_the_part_of_their_convolution() =>
        Assert.All(Quantized().Graph.Node, node => Assert.Equal(model.Graph.Node[0].DocString, node.DocString));

    [Fact]
    public void Biases_stay_as_they_are()
    {
        foreach (NodeProto node in Quantized().Graph.Node.Where(node => node.OpType == "Conv"))
            Assert.Contains(model.Graph.Initializer, tensor => tensor.Name == node.Input[2]);
    }

    [Fact]
    public void The_given_model_is_not_changed()
    {
        ModelProto before = model.Clone();
        Quantized();
        Assert.Equal(before, model);
    }

    [Fact]
    public void A_map_of_zeros_has_a_scale_all_the_same()
    {
        ModelProto quantized = QuantizedModel.Quantize(model, QuantizedModel.Activations(model).ToDictionary(map => map, _ => 0f));
        foreach (
            TensorProto scale in quantized.Graph.Initializer.Where(tensor => tensor.Name.EndsWith(".input.scale", StringComparison.Ordinal))
        )
            Assert.True(BitConverter.ToSingle(scale.RawData.Span) > 0);
    }

    [Fact]
    public void An_old_opset_is_refused()
    {
        model.OpsetImport[0].Version = 11;
        Assert.Contains("opset 11", Assert.Throws<NotSupportedException>(Quantized).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_without_convolution_is_refused()
    {
        ModelProto none = OperatorModel.Build(OperatorKey.Parse("concat h8 w8 c8+8"), batch: 1, seed: 1);
        Assert.Throws<NotSupportedException>(() => QuantizedModel.Quantize(none, new Dictionary<string, float>()));
    }

    private ModelProto Quantized() => QuantizedModel.Quantize(model, QuantizedModel.Activations(model).ToDictionary(map => map, _ => 4f));

    private static NodeProto Maker(ModelProto of, string map) => of.Graph.Node.Single(node => node.Output.Contains(map));
}
