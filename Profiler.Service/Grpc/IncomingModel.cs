using FasterSeg.Profiler.Client;
using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Profiler.Service.Measuring;
using Google.Protobuf;
using Proto = FasterSeg.Protos.Profiler.V1;

namespace FasterSeg.Profiler.Service.Grpc;

/// <summary>An ONNX file while it comes, in chunks: its bytes are looked at (<see cref="OnnxLook"/>), and nothing is parsed.</summary>
/// <param name="mostBytes">Largest file, bytes.</param>
internal sealed class IncomingModel(long mostBytes)
{
    private readonly UploadedFile file = new();
    private readonly OnnxLook look = new();

    /// <summary>What is said of a file that is too large.</summary>
    public static string TooLarge(long mostBytes) => $"The model is larger than {mostBytes} bytes, the most that is measured here.";

    /// <summary>Takes the next chunk.</summary>
    /// <exception cref="UnusableModelException">The file is too large, or none of ONNX; the message is a sentence.</exception>
    public void Add(ByteString chunk)
    {
        if (file.Length + chunk.Length > mostBytes)
            throw new UnusableModelException(TooLarge(mostBytes));
        look.Read(chunk.Span);
        file.Add(chunk);
    }

    /// <summary>The whole file, with the sides that were asked for.</summary>
    /// <exception cref="UnusableModelException">There is none, or it ends in the middle; the message is a sentence.</exception>
    public UploadedModel End(IEnumerable<Proto.InputShape> shapes)
    {
        if (file.Length == 0)
            throw new UnusableModelException("The upload is empty: send the options, then the ONNX file in chunks.");
        look.End();
        return new(file.ToParts(), [.. shapes.Select(shape => new InputShape(shape.Name, [.. shape.Sides]))]);
    }
}
