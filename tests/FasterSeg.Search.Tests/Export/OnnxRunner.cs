using FasterSeg.Onnx.Messages;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using Xunit;
using static TorchSharp.torch;

namespace FasterSeg.Search.Tests.Export;

/// <summary>Runs a model in ONNX Runtime on the CPU and compares its output with TorchSharp's.</summary>
internal static class OnnxRunner
{
    /// <summary>Largest absolute difference that is allowed, relative to the root mean square of the output.</summary>
    private const double Tolerance = 1e-4;

    /// <summary>The model's only output.</summary>
    public static Tensor Run(ModelProto model, params Tensor[] inputs)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
        using var session = new InferenceSession(model.ToByteArray(), options);
        using var run = new RunOptions();
        OrtValue[] values =
        [
            .. inputs.Select(input => OrtValue.CreateTensorValueFromMemory(input.contiguous().data<float>().ToArray(), input.shape)),
        ];
        using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(run, session.InputNames, values, session.OutputNames);
        foreach (OrtValue value in values)
            value.Dispose();
        OrtValue output = Assert.Single(outputs);
        return tensor(output.GetTensorDataAsSpan<float>().ToArray()).reshape(output.GetTensorTypeAndShape().Shape);
    }

    /// <summary>Asserts that two outputs agree.</summary>
    public static void AssertClose(Tensor expected, Tensor actual, string what)
    {
        Assert.Equal(expected.shape, actual.shape);
        double scale = expected.square().mean().sqrt().item<float>();
        double difference = (expected - actual).abs().max().item<float>();
        Assert.True(
            scale > 0 && difference <= Tolerance * scale,
            $"{what}: off by {difference / scale:0.0e+0} of the output's root mean square {scale:0.000}."
        );
    }
}
