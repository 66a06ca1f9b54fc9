using FasterSeg.Profiler.Client;

namespace FasterSeg.Profiler.Service.Measuring;

/// <summary>An ONNX file as somebody sent it: nobody has parsed it yet.</summary>
/// <param name="Parts">Its bytes, in pieces as they came, in order.</param>
/// <param name="Shapes">Sides for the inputs that it leaves open; none where it fixes all of them.</param>
public sealed record UploadedModel(IReadOnlyList<ReadOnlyMemory<byte>> Parts, IReadOnlyList<InputShape> Shapes)
{
    /// <summary>A file in one piece that fixes the sides of its inputs.</summary>
    public UploadedModel(ReadOnlyMemory<byte> onnx)
        : this([onnx], []) { }

    /// <summary>Bytes of the file.</summary>
    public long Length => Parts.Sum(part => (long)part.Length);

    /// <summary>The file in one piece.</summary>
    public byte[] ToArray()
    {
        byte[] whole = new byte[Length];
        int at = 0;
        foreach (ReadOnlyMemory<byte> part in Parts)
        {
            part.Span.CopyTo(whole.AsSpan(at));
            at += part.Length;
        }
        return whole;
    }
}
