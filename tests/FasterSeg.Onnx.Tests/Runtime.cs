using FasterSeg.Onnx.Messages;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;

namespace FasterSeg.Onnx.Tests;

/// <summary>Runs a model in ONNX Runtime on the CPU, one thread.</summary>
internal static class Runtime
{
    public static Tensor Run(ModelProto model, params (string Name, Tensor Value)[] inputs)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
        using var session = new InferenceSession(model.ToByteArray(), options);
        using var run = new RunOptions();
        var values = inputs.ToDictionary(
            input => input.Name,
            input => OrtValue.CreateTensorValueFromMemory(input.Value.Values, input.Value.Shape)
        );
        using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(run, values, session.OutputNames);
        foreach (OrtValue value in values.Values)
            value.Dispose();
        OrtValue output = Assert.Single(outputs);
        int[] shape = [.. output.GetTensorTypeAndShape().Shape.Select(side => (int)side)];
        return new Tensor(shape[0], shape[1], shape[2], shape[3], output.GetTensorDataAsSpan<float>().ToArray());
    }
}
