using FasterSeg.Latency.Spaces;
using FasterSeg.Onnx.Messages;

namespace FasterSeg.Onnx.Tests;

public sealed class HalfModelTests
{
    private const int Float16 = 10;
    private const int Int64 = 7;

    private readonly ModelProto model = OperatorModel.Build(OperatorKey.Parse("zoomed_conv h8 w8 c8-16 s1"), batch: 1, seed: 1);

    [Fact]
    public void Weights_inputs_and_outputs_are_float16_and_sizes_stay_integers()
    {
        ModelProto half = HalfModel.Convert(model);
        Assert.Equal([Float16, Float16], half.Graph.Input.Concat(half.Graph.Output).Select(value => value.Type.TensorType.ElemType));
        Assert.All(half.Graph.Initializer, tensor =>
            Assert.Equal(tensor.Name.EndsWith(".sizes", StringComparison.Ordinal) ? Int64 : Float16, tensor.DataType)
        );
        Assert.Equal(model.Graph.Node.Count, half.Graph.Node.Count);
    }

    [Fact]
    public void Weights_are_rounded_to_the_nearest_half()
    {
        TensorProto single = model.Graph.Initializer.First(tensor => tensor.DataType == 1),
            half = HalfModel.Convert(model).Graph.Initializer.First(tensor => tensor.Name == single.Name);
        Assert.Equal(single.RawData.Length / 2, half.RawData.Length);
        Assert.Equal((Half)BitConverter.ToSingle(single.RawData.Span), BitConverter.ToHalf(half.RawData.Span));
    }

    [Fact]
    public void A_resizes_scales_stay_float32()
    {
        NodeProto resize = model.Graph.Node.First(node => node.OpType == "Resize");
        resize.Input[2] = "scales";
        resize.Input[3] = "";
        model.Graph.Initializer.Add(
            new TensorProto
            {
                Name = "scales",
                DataType = 1,
                Dims = { 4 },
                FloatData = { 1, 1, 0.5f, 0.5f },
            }
        );
        Assert.Equal(1, HalfModel.Convert(model).Graph.Initializer.Single(tensor => tensor.Name == "scales").DataType);
    }

    [Fact]
    public void An_operator_that_is_not_known_is_refused_by_name()
    {
        model.Graph.Node[0].OpType = "Cast";
        Assert.Contains("a Cast", Assert.Throws<NotSupportedException>(() => HalfModel.Convert(model)).Message, StringComparison.Ordinal);
    }
}
