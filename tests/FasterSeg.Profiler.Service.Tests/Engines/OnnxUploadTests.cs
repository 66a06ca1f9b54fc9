using FasterSeg.Operators.Onnx;
using FasterSeg.Operators.Spaces;
using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Protos.Onnx;
using Google.Protobuf;

namespace FasterSeg.Profiler.Service.Tests.Engines;

public sealed class OnnxUploadTests
{
    private readonly ModelProto model = OperatorModel.Build(new(OperatorKind.Conv, 8, 8, 8, 8), batch: 1, seed: 1);

    [Fact]
    public void AWholeModelPasses() => OnnxUpload.Check(model.ToByteArray());

    [Fact]
    public void ATruncatedModelIsRefused()
    {
        byte[] whole = model.ToByteArray();
        Assert.Contains("truncated", Refusal(whole[..(whole.Length / 2)]), StringComparison.Ordinal);
    }

    [Fact]
    public void AnotherKindOfFileIsRefused() => Assert.Contains("no whole ONNX file", Refusal("\x89PNG\r\n"u8.ToArray()), StringComparison.Ordinal);

    [Fact]
    public void AModelWithoutAGraphIsRefused() => Assert.Contains("no ONNX graph", Refusal(new ModelProto { IrVersion = 8 }.ToByteArray()), StringComparison.Ordinal);

    [Fact]
    public void WeightsInAnotherFileAreRefused()
    {
        model.Graph.Initializer[0].DataLocation = TensorProto.Types.DataLocation.External;
        Assert.Contains(model.Graph.Initializer[0].Name, Refusal(model.ToByteArray()), StringComparison.Ordinal);
    }

    private static string Refusal(byte[] onnx) => Assert.Throws<UnusableModelException>(() => OnnxUpload.Check(onnx)).Message;
}
