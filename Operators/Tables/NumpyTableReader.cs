using System.Buffers.Binary;
using System.Text;
using System.Text.RegularExpressions;

namespace FasterSeg.Operators.Tables;

/// <summary>
/// Reads the file that the released code keeps its latencies in: <c>numpy.save</c> of one dictionary from names to
/// milliseconds, which is a NumPy array of shape () with a pickle inside. Unlike NumPy it executes nothing.
/// </summary>
public static partial class NumpyTableReader
{
    private const int HeaderStart = 10;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>True where the content begins like a NumPy file.</summary>
    public static bool IsNumpy(ReadOnlySpan<byte> bytes) => bytes.StartsWith(Magic);

    /// <summary>The names and their latencies in ms, in the order of the file.</summary>
    /// <param name="bytes">The file's content.</param>
    /// <param name="where">The file's name, for messages.</param>
    /// <exception cref="UserErrorException">It is another kind of file, or damaged; the message names what was refused.</exception>
    public static IReadOnlyList<KeyValuePair<string, double>> Read(ReadOnlySpan<byte> bytes, string where)
    {
        try
        {
            return Numbers(DictionaryOf(new PickleReader(AfterHeader(bytes)).Read()));
        }
        catch (FormatException failure)
        {
            throw new UserErrorException($"{where}: this is not the NumPy file of a latency table ({failure.Message}): use the file of the released code as it is.", failure);
        }
    }

    private static ReadOnlySpan<byte> AfterHeader(ReadOnlySpan<byte> bytes)
    {
        if (!IsNumpy(bytes) || bytes.Length < HeaderStart) throw new FormatException("it does not begin like one");
        if (bytes[Magic.Length] != 1) throw new FormatException("its NumPy format is not version 1");
        int length = BinaryPrimitives.ReadUInt16LittleEndian(bytes[(HeaderStart - 2)..]);
        if (length > bytes.Length - HeaderStart) throw new FormatException("it ends within its header");
        string header = Encoding.Latin1.GetString(bytes.Slice(HeaderStart, length));
        if (!Header().IsMatch(header)) throw new FormatException("its header does not describe one Python object");
        return bytes[(HeaderStart + length)..];
    }

    /// <summary>
    /// An array is made empty and then given (version, shape, type, order, content); the content is a list of one
    /// dictionary.
    /// </summary>
    private static Dictionary<string, object?> DictionaryOf(object? value) => value is PickleReader.Call
    {
        Name: "numpy.core.multiarray _reconstruct",
        State: object?[] and [_, _, _, _, List<object?> and [Dictionary<string, object?> dictionary]],
    }
        ? dictionary
        : throw new FormatException("it is no array of one dictionary");

    private static List<KeyValuePair<string, double>> Numbers(Dictionary<string, object?> dictionary) =>
    [
        .. dictionary.Select(item => item.Value is double latency
            ? KeyValuePair.Create(item.Key, latency)
            : throw new FormatException($"the latency of '{item.Key}' is no number")),
    ];

    [GeneratedRegex(@"^\{'descr': '\|O', 'fortran_order': False, 'shape': \(\), \} *\n\z")]
    private static partial Regex Header();
}
