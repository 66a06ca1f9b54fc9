using System.Buffers.Binary;
using System.Text;

namespace FasterSeg.Latency;

/// <summary>What a file seems to be by its first bytes, so that a wrong one can be called by its name.</summary>
public static class FileKind
{
    /// <summary>Bytes at a file's beginning that are enough to tell.</summary>
    public const int Start = 512;

    /// <summary>What <c>torch.save</c> writes.</summary>
    public const string Torch = "a torch file (.pt or .pth)";

    /// <summary>What <c>numpy.save</c> writes.</summary>
    public const string Numpy = "a NumPy file (.npy)";

    /// <summary>What <c>numpy.savez</c> writes.</summary>
    public const string NumpyArchive = "a NumPy archive (.npz)";

    /// <summary>What <c>pickle.dump</c> writes, from protocol 2 on.</summary>
    public const string Pickle = "a Python pickle";

    /// <summary>What <c>pickle.dump</c> writes with protocol 0 or 1.</summary>
    public const string OldPickle = "a Python pickle of protocol 0 or 1";

    /// <summary>A zip file, which a <c>.npz</c> is, with nothing in it.</summary>
    public const string EmptyArchive = "an archive (.npz or .zip) without files";

    /// <summary>An ONNX network.</summary>
    public const string Onnx = "an ONNX network";

    /// <summary>A byte order mark and white space.</summary>
    private static ReadOnlySpan<byte> Blank => [0xef, 0xbb, 0xbf, (byte)' ', (byte)'\t', (byte)'\r', (byte)'\n'];

    /// <summary>The state of a search or a training.</summary>
    public const string Checkpoint = "a checkpoint of this program";

    private const int ZipNameLength = 26,
        ZipName = 30;

    /// <summary>The kind in words, e.g. <c>a PNG picture</c>; null for text and what is not known.</summary>
    public static string? Of(ReadOnlySpan<byte> bytes) =>
        bytes switch
        {
            [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', ..] => Numpy,
            [(byte)'P', (byte)'K', 3, 4, ..] => Zip(bytes),
            // The end mark of an archive is all that one without files has.
            [(byte)'P', (byte)'K', 5, 6, ..] => EmptyArchive,
            // A text with its length before it.
            [_, (byte)'F', (byte)'a', (byte)'s', (byte)'t', (byte)'e', (byte)'r', (byte)'S', (byte)'e', (byte)'g', (byte)' ', ..] =>
                Checkpoint,
            // Before torch 1.6: a pickle of this number and of others.
            [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, ..] => Torch,
            [0x80, >= 2 and <= 5, ..] => Pickle,
            // A mark, then a dictionary, a list or a tuple; an empty one of them and where it is kept; or the name of a class.
            [
                (byte)'(',
                (byte)'d'
                or (byte)'l'
                or (byte)'t'
                or (byte)'c',
                (byte)'p'
                or (byte)'V'
                or (byte)'S'
                or (byte)'n'
                or (byte)'_'
                or (byte)'\n',
                ..,
            ] => OldPickle,
            [(byte)'}' or (byte)']', (byte)'q' or (byte)'r' or (byte)'(' or (byte)'.', ..] => OldPickle,
            [(byte)'c', (byte)'n', (byte)'u', (byte)'m', (byte)'p', (byte)'y', (byte)'.' or (byte)'\n', ..] => OldPickle,
            _ when bytes.StartsWith("ccollections\n"u8) || bytes.StartsWith("ccopy_reg\n"u8) || bytes.StartsWith("c__builtin__\n"u8) =>
                OldPickle,
            [0x89, (byte)'P', (byte)'N', (byte)'G', ..] => "a PNG picture",
            [0xff, 0xd8, 0xff, ..] => "a JPEG picture",
            [0x1f, 0x8b, ..] => "a gzip archive",
            [0x89, (byte)'H', (byte)'D', (byte)'F', ..] => "an HDF5 file",
            [(byte)'%', (byte)'P', (byte)'D', (byte)'F', ..] => "a PDF document",
            // The message's first field is its version; what follows is the producer's name, the graph or the operator sets.
            [0x08, >= 1 and <= 32, 0x12 or 0x1a or 0x22 or 0x28 or 0x32 or 0x3a or 0x42, ..] => Onnx,
            _ => null,
        };

    /// <summary>Refuses what is certainly no ONNX network. Unknown bytes pass: whoever reads them says what is wrong.</summary>
    /// <param name="bytes">The file, or its beginning.</param>
    /// <param name="where">The file's name, for the message.</param>
    /// <exception cref="UsageException">It is of another kind.</exception>
    public static void RequireOnnx(ReadOnlySpan<byte> bytes, string where)
    {
        if ((Of(bytes) ?? Markup(bytes)) is not { } kind || kind == Onnx)
            return;
        throw new UsageException(
            $"{where} is {kind}, and {Onnx} was expected: {(kind is Torch or Pickle or Checkpoint
            ? "write one with torch.onnx.export, or a run's with 'fasterseg export'."
            : "name the .onnx file.")}"
        );
    }

    private static string? Markup(ReadOnlySpan<byte> bytes) =>
        bytes.TrimStart(Blank) switch
        {
            [(byte)'{' or (byte)'[', ..] => "JSON",
            [(byte)'<', ..] => "XML or a web page",
            _ => null,
        };

    /// <summary>By the name of the first file in it.</summary>
    private static string Zip(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < ZipName)
            return "a zip archive";
        int length = BinaryPrimitives.ReadUInt16LittleEndian(bytes[ZipNameLength..]);
        string first = Encoding.Latin1.GetString(bytes.Slice(ZipName, Math.Min(length, bytes.Length - ZipName)));
        return first.EndsWith(".npy", StringComparison.Ordinal) ? NumpyArchive
            : first.EndsWith("/data.pkl", StringComparison.Ordinal) ? Torch
            : "a zip archive";
    }
}
