using FasterSeg.Latency.Spaces;
using FasterSeg.Onnx.Messages;
using Google.Protobuf;

namespace FasterSeg.Onnx.Tests;

public sealed class OperatorModelTests
{
    /// <summary>Every kind, stride 1 and 2 where it has both, even and odd sides, odd-looking channels.</summary>
    public static TheoryData<string> Keys()
    {
        var keys = new TheoryData<string>();
        foreach (string map in new[] { "h8 w12", "h7 w9", "h6 w5", "h3 w2", "h1 w1", "h1 w6" })
        {
            foreach (string name in new[] { "skip", "conv", "zoomed_conv", "conv_2x", "zoomed_conv_2x" })
            {
                keys.Add($"{name} {map} c5-7 s1");
                keys.Add($"{name} {map} c6-9 s2");
            }
            keys.Add($"stem {map} c3-11 s2 k3");
            keys.Add($"arm {map} c7-4 s1 k1");
            keys.Add($"refine {map} c9-5 s1 k3");
            keys.Add($"fusion {map} c6-6 s1 k1");
            keys.Add($"head {map} c6-3 s1 k3");
            keys.Add($"upsample {map} c4-4 x2");
            keys.Add($"upsample {map} c3-3 x8");
        }
        keys.Add("head h3 w3 c288-11 s1 k3");
        return keys;
    }

    [Theory, MemberData(nameof(Keys))]
    public void Output_in_onnx_runtime_equals_plain_loops(string key)
    {
        OperatorSpec spec = OperatorKey.Parse(key);
        IReadOnlyList<ConvolutionWeights> weights = OperatorModel.RandomWeights(spec, seed: 7);
        Tensor input = Tensor.Random(2, spec.InChannels, spec.Height, spec.Width, seed: 3);

        Tensor output = Runtime.Run(OperatorModel.Build(spec, batch: 2, weights), (OperatorModel.InputName, input));

        Assert.Equal([2, spec.OutChannels, spec.OutHeight, spec.OutWidth], output.Shape);
        AssertClose(Naive.Apply(spec, input, weights), output);
    }

    [Fact]
    public void Concat_in_onnx_runtime_puts_the_first_input_first()
    {
        OperatorSpec spec = OperatorKey.Parse("concat h3 w5 c2+3");
        Tensor first = Tensor.Random(1, 2, 3, 5, seed: 1),
            second = Tensor.Random(1, 3, 3, 5, seed: 2);

        Tensor output = Runtime.Run(
            OperatorModel.Build(spec, batch: 1, seed: 0),
            (OperatorModel.InputName, first),
            (OperatorModel.SecondInputName, second)
        );

        Assert.Equal([1, 5, 3, 5], output.Shape);
        Assert.Equal([.. first.Values, .. second.Values], output.Values);
    }

    [Fact]
    public void Model_of_one_seed_is_the_same_byte_for_byte()
    {
        OperatorSpec spec = OperatorKey.Parse("zoomed_conv_2x h8 w8 c8-16 s2");

        byte[] first = OperatorModel.Build(spec, 1, seed: 5).ToByteArray();

        Assert.Equal(first, OperatorModel.Build(spec, 1, seed: 5).ToByteArray());
        Assert.NotEqual(first, OperatorModel.Build(spec, 1, seed: 6).ToByteArray());
    }

    [Fact]
    public void Random_weights_have_hes_scale()
    {
        ConvolutionWeights weights = OperatorModel.RandomWeights(OperatorKey.Parse("conv h8 w8 c64-64 s1"), seed: 1)[0];

        Assert.Equal(0, weights.Weight.Average(), tolerance: 0.002);
        Assert.Equal(2.0 / (64 * 9), weights.Weight.Average(w => (double)w * w), tolerance: 2.0 / (64 * 9) * 0.05);
    }

    [Theory, MemberData(nameof(Keys))]
    public void Nodes_belong_to_the_operator_under_unique_names(string key)
    {
        ModelProto model = OperatorModel.Build(OperatorKey.Parse(key), 1, seed: 0);

        Assert.Equal((8, "fasterseg", 17), (model.IrVersion, model.ProducerName, model.OpsetImport[0].Version));
        OnnxPart part = Assert.Single(OnnxNetworkReader.Parts(model));
        Assert.Equal(key, part.Spec.ToString());
        Assert.Equal(model.Graph.Node, part.Nodes);
        Assert.Equal(part.Nodes.Count, part.Nodes.DistinctBy(node => node.Name).Count());
    }

    internal static void AssertClose(Tensor expected, Tensor actual)
    {
        double scale = Math.Max(1e-3, expected.Values.Max(Math.Abs));
        for (int i = 0; i < expected.Values.Length; i++)
            Assert.Equal(expected.Values[i], actual.Values[i], 1e-5 * scale);
    }
}
