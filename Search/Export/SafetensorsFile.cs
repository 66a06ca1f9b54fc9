using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using FasterSeg.Latency;
using static TorchSharp.torch;

namespace FasterSeg.Search.Export;

/// <summary>
/// Writes safetensors: 8 bytes with the length of a JSON header, the header, the tensors' bytes. By hand: TorchSharp.PyBridge writes no
/// <c>__metadata__</c>, which is where the description of the network belongs.
/// </summary>
internal static class SafetensorsFile
{
    private const int Alignment = 8;

    private static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes float32 tensors; the file appears whole or not at all.</summary>
    /// <exception cref="UserErrorException">It cannot be written.</exception>
    public static void Write(string path, IReadOnlyList<(string Name, Tensor Tensor)> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        var header = new Dictionary<string, object> { ["__metadata__"] = metadata };
        long end = 0;
        foreach ((string name, Tensor tensor) in tensors)
        {
            long begin = end;
            end += tensor.numel() * sizeof(float);
            header.Add(
                name,
                new
                {
                    dtype = "F32",
                    shape = tensor.shape,
                    data_offsets = new[] { begin, end },
                }
            );
        }
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(header, Options);
        // Spaces until the tensors begin at a multiple of 8, as the format's own library does.
        int length = (json.Length + Alignment - 1) / Alignment * Alignment;
        byte[] file = new byte[checked(sizeof(long) + length + end)];
        BinaryPrimitives.WriteInt64LittleEndian(file, length);
        file.AsSpan(sizeof(long), length).Fill((byte)' ');
        json.CopyTo(file, sizeof(long));
        int at = sizeof(long) + length;
        foreach ((_, Tensor tensor) in tensors)
        {
            using var scope = NewDisposeScope();
            float[] values = tensor.detach().cpu().contiguous().data<float>().ToArray();
            MemoryMarshal.AsBytes<float>(values).CopyTo(file.AsSpan(at));
            at += values.Length * sizeof(float);
        }
        AtomicFile.WriteAllBytes(path, file);
    }
}
