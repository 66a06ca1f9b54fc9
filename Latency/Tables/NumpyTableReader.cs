using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;

namespace FasterSeg.Latency.Tables;

/// <summary>
/// Reads the file that the released code keeps its latencies in: <c>numpy.save</c> of one dictionary from names to milliseconds, which is a
/// NumPy array of one object with a pickle inside. So are read <c>numpy.savez</c> of it and <c>pickle.dump</c> of the dictionary. Unlike
/// NumPy it executes nothing.
/// </summary>
public static partial class NumpyTableReader
{
    /// <summary>Bytes that an archive's member may have when it is unpacked.</summary>
    private const int LargestMember = LatencyTableJson.LargestFile;

    private const int MagicLength = 6;

    /// <summary>Where an archive's first member says how it is packed: 0 not at all, 8 and 9 deflate.</summary>
    private const int PackingAt = 8;

    /// <summary>True where the content begins like a file that <see cref="Read"/> is for.</summary>
    public static bool Reads(ReadOnlySpan<byte> bytes) => FileKind.Of(bytes) is FileKind.Numpy or FileKind.NumpyArchive or FileKind.Pickle;

    /// <summary>The names and their latencies in ms, in the order of the file.</summary>
    /// <param name="bytes">The file's content.</param>
    /// <param name="where">The file's name, for messages.</param>
    /// <exception cref="UserErrorException">It is another kind of file, or damaged; the message names what was refused.</exception>
    public static IReadOnlyList<KeyValuePair<string, double>> Read(ReadOnlySpan<byte> bytes, string where)
    {
        try
        {
            ReadOnlySpan<byte> pickle = FileKind.Of(bytes) switch
            {
                FileKind.Pickle => bytes,
                FileKind.NumpyArchive => AfterHeader(OnlyMember(bytes)),
                _ => AfterHeader(bytes),
            };
            return NumpyValues.Table(new PickleReader(pickle).Read());
        }
        catch (FormatException failure)
        {
            throw new UserErrorException(
                $"{where}: this is not the NumPy file of a latency table ({failure.Message}): use the file of the released code "
                    + "as it is, or numpy.save of a dictionary from names to milliseconds.",
                failure
            );
        }
    }

    private static ReadOnlySpan<byte> AfterHeader(ReadOnlySpan<byte> bytes)
    {
        if (FileKind.Of(bytes) != FileKind.Numpy || bytes.Length < MagicLength + 4)
            throw new FormatException("it does not begin like one");
        byte version = bytes[MagicLength];
        // From version 2 on the header's length has four bytes.
        int start = version == 1 ? MagicLength + 4 : MagicLength + 6;
        if (version is < 1 or > 3)
            throw new FormatException(
                string.Create(CultureInfo.InvariantCulture, $"its NumPy format is version {version} and none from 1 to 3")
            );
        if (bytes.Length < start)
            throw new FormatException("it ends within its header");
        uint length =
            version == 1
                ? BinaryPrimitives.ReadUInt16LittleEndian(bytes[(start - 2)..])
                : BinaryPrimitives.ReadUInt32LittleEndian(bytes[(start - 4)..]);
        if (length > bytes.Length - start)
            throw new FormatException("it ends within its header");
        Check(Encoding.Latin1.GetString(bytes.Slice(start, (int)length)));
        return bytes[(start + (int)length)..];
    }

    private static void Check(string header)
    {
        Match match = Header().Match(header);
        if (!match.Success)
            throw new FormatException("its header does not describe one Python object");
        string type = match.Groups["type"].Value,
            shape = match.Groups["shape"].Value;
        if (type is not ("|O" or "|O4" or "|O8"))
            throw new FormatException(
                $"it holds an array of shape ({shape}) and type {type}, so numbers without the names of their operators"
            );
        if (shape.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Any(side => side.TrimEnd('L') != "1"))
            throw new FormatException($"it holds an array of shape ({shape}), and its header does not describe one Python object");
    }

    /// <summary>The one array of an archive, unpacked.</summary>
    private static byte[] OnlyMember(ReadOnlySpan<byte> bytes)
    {
        int packing = BinaryPrimitives.ReadUInt16LittleEndian(bytes[PackingAt..]);
        if (packing is not (0 or 8 or 9))
        {
            string name = packing switch
            {
                12 => "bzip2",
                14 => "LZMA",
                93 => "Zstandard",
                95 => "xz",
                _ => string.Create(CultureInfo.InvariantCulture, $"method {packing}"),
            };
            throw new FormatException(
                $"its array is packed with {name}, which is not read; write it with numpy.savez or numpy.savez_compressed"
            );
        }
        try
        {
            using var archive = new ZipArchive(new MemoryStream(bytes.ToArray()));
            if (archive.Entries is not [var entry])
                throw new FormatException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"it is an archive of {archive.Entries.Count} arrays, the first is {archive.Entries.FirstOrDefault()?.FullName}"
                    )
                );
            using Stream packed = entry.Open();
            var member = new MemoryStream();
            var buffer = new byte[1 << 16];
            for (int read = packed.Read(buffer); read > 0; read = packed.Read(buffer))
            {
                if (member.Length + read > LargestMember)
                    throw new FormatException("it unpacks to more than any table has");
                member.Write(buffer, 0, read);
            }
            return member.ToArray();
        }
        catch (Exception failure) when (failure is InvalidDataException or IOException or NotSupportedException or ArgumentException)
        {
            throw new FormatException("it is a damaged archive", failure);
        }
    }

    [GeneratedRegex(@"^\{'descr': '(?<type>[^']*)', 'fortran_order': (False|True), 'shape': \((?<shape>[0-9L, ]*)\), \} *\n\z")]
    private static partial Regex Header();
}
