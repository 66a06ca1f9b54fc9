using FasterSeg.Latency.Spaces;
using FasterSeg.Onnx;
using FasterSeg.Search.Export;
using FasterSeg.Search.Networks;
using Xunit;
using static TorchSharp.torch;

namespace FasterSeg.Search.Tests.Export;

/// <summary>Every operator gives the same in ONNX Runtime as in TorchSharp, from the same weights.</summary>
public class OperatorParityTests
{
    /// <summary>Searched operators at odd-looking widths, on even and odd maps, and every fixed part.</summary>
    public static TheoryData<string> Keys()
    {
        var keys = new TheoryData<string>();
        foreach (string name in new[] { "skip", "conv", "zoomed_conv", "conv_2x", "zoomed_conv_2x" })
        {
            foreach (string map in new[] { "h8 w16", "h9 w14", "h6 w11", "h7 w5", "h2 w3" })
            {
                foreach (string widths in new[] { "c40-72 s1", "c72-40 s1", "c40-72 s2", "c56-24 s2" })
                    keys.Add($"{name} {map} {widths}");
            }
        }
        foreach (
            string key in new[]
            {
                "zoomed_conv h1 w1 c8-16 s1",
                "zoomed_conv_2x h1 w2 c16-8 s1",
                "stem h32 w64 c3-24 s2 k3",
                "stem h32 w96 c3-32 s2 k3",
                "arm h3 w5 c88-40 s1 k1",
                "refine h6 w10 c104-40 s1 k3",
                "fusion h8 w12 c80-80 s1 k1",
                "head h8 w12 c80-19 s1 k3",
                "head h5 w7 c264-11 s1 k3",
                "upsample h3 w5 c40-40 x2",
                "upsample h1 w2 c8-8 x2",
                "upsample h4 w6 c11-11 x8",
                "concat h6 w10 c40+64",
            }
        )
            keys.Add(key);
        return keys;
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void Onnx_runtime_agrees_with_torch(string key)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        OperatorSpec spec = OperatorKey.Parse(key);
        nn.Module? module = PartModule.Create(spec);
        if (module is not null)
        {
            ReferenceTensors.Fill(module);
            module.eval();
        }
        Tensor[] inputs = [Input("input/first", spec.InChannels)];
        if (spec.Kind == OperatorKind.Concat)
            inputs = [.. inputs, Input("input/second", spec.SecondInChannels)];

        Tensor inTorch = PartModule.Run(spec, module, [.. inputs]);
        Tensor inOnnx = OnnxRunner.Run(OperatorModel.Build(spec, 2, module is null ? [] : OperatorWeights.Of(module)), inputs);
        OnnxRunner.AssertClose(inTorch, inOnnx, key);

        Tensor Input(string name, int channels) => ReferenceTensors.Input(name, 2, channels, spec.Height, spec.Width);
    }
}
