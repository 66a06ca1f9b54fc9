using System.Text;
using System.Text.Json;
using FasterSeg.Latency.Spaces;

namespace FasterSeg.Latency.Tables;

/// <summary>
/// A latency table as JSON (schema: <c>luts/table.schema.json</c>). The file carries a SHA-256 over its canonical form
/// (<see cref="CanonicalJson"/>) without the hash: reformatting is harmless, an edited number is not.
/// </summary>
public static class LatencyTableJson
{
    /// <summary>Bytes a table's file may have at most; the paper's space takes about 0.3 MB.</summary>
    public const int LargestFile = 64 << 20;

    internal const string HashMember = "sha256";
    internal const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'";

    /// <summary>Names of <see cref="EntryOrigin"/> in the file.</summary>
    internal static readonly string[] Origins = ["measured", "defined", "imported", "predicted"];

    private const int Depth = 8;

    /// <summary>The table's file, UTF-8, one entry a line.</summary>
    /// <exception cref="ArgumentException">An entry breaks a rule and could not be read again; the message names it.</exception>
    public static byte[] Serialize(LatencyTable table) => LatencyTableWriter.Write(table);

    /// <summary>Names a table: the first 12 digits of its <see cref="HashOf"/>.</summary>
    public static string IdOf(LatencyTable table) => IdOf(HashOf(table));

    /// <summary>The name of the table with a hash.</summary>
    public static string IdOf(string hash) => hash[..12];

    /// <summary>The table's SHA-256 over its canonical form, lower-case hexadecimal: equal where every fact is.</summary>
    public static string HashOf(LatencyTable table) => LatencyTableWriter.Hash(LatencyTableWriter.Content(table));

    /// <summary>Reads and checks a table.</summary>
    /// <param name="bytes">The file's content.</param>
    /// <param name="where">The file's name, for messages.</param>
    /// <exception cref="UserErrorException">It is no table, or one with a fault; the message says where and what to do.</exception>
    public static LatencyTable Parse(ReadOnlyMemory<byte> bytes, string where)
    {
        using JsonDocument document = Document(bytes, where);
        return LatencyTableReader.Read(document.RootElement, where);
    }

    /// <summary>One entry as it stands in a table's file.</summary>
    /// <exception cref="ArgumentException">The entry breaks a rule and could not be read again.</exception>
    public static string SerializeEntry(LatencyEntry entry) => LatencyTableWriter.Entry(entry).ToJsonString();

    /// <summary>Reads and checks what <see cref="SerializeEntry"/> wrote.</summary>
    /// <exception cref="UserErrorException">It is no entry; the message says why.</exception>
    public static LatencyEntry ParseEntry(string json, string where)
    {
        using JsonDocument document = Document(Encoding.UTF8.GetBytes(json), where);
        return LatencyTableReader.Entry(document.RootElement, where, out _);
    }

    /// <summary>A space as it stands in a table's file.</summary>
    public static string SerializeSpace(SearchSpace space) => LatencyTableWriter.Space(space).ToJsonString();

    /// <summary>Reads and checks what <see cref="SerializeSpace"/> wrote.</summary>
    /// <exception cref="UserErrorException">It is no space; the message says why.</exception>
    public static SearchSpace ParseSpace(string json, string where)
    {
        using JsonDocument document = Document(Encoding.UTF8.GetBytes(json), where);
        return LatencyTableReader.Space(document.RootElement, where) ?? throw NoJson(where, "it is null");
    }

    /// <summary>An identity as it stands in a table's file.</summary>
    public static string SerializeIdentity(TableIdentity identity) => LatencyTableWriter.Identity(identity).ToJsonString();

    /// <summary>Reads and checks what <see cref="SerializeIdentity"/> wrote.</summary>
    /// <exception cref="UserErrorException">It is no identity; the message says why.</exception>
    public static TableIdentity ParseIdentity(string json, string where)
    {
        using JsonDocument document = Document(Encoding.UTF8.GetBytes(json), where);
        return LatencyTableReader.Identity(document.RootElement, where);
    }

    /// <summary>Reads and checks a table's file.</summary>
    /// <exception cref="UserErrorException">As <see cref="Parse"/>, or the file cannot be read.</exception>
    public static LatencyTable Load(string path)
    {
        byte[] bytes = UserFile.Read(path, LargestFile);
        return NumpyTableReader.Reads(bytes)
            ? throw new UserErrorException(
                CommandText.Below(
                    $"{path} is {FileKind.Of(bytes)} and no table of this program yet: make one of it with:",
                    CommandText.Of("fasterseg", "lut", "import", path, "--out", "T.json")
                )
            )
            : Parse(bytes, path);
    }

    /// <summary>Writes a table's file, beside its place and then renamed.</summary>
    /// <exception cref="UserErrorException">The file cannot be written.</exception>
    public static void Save(LatencyTable table, string path) => AtomicFile.WriteAllBytes(path, Serialize(table));

    /// <summary>
    /// A document in which every string is valid Unicode, every number a finite double and every member of an object there
    /// once, so that whoever reads it need not ask again.
    /// </summary>
    internal static JsonDocument Document(ReadOnlyMemory<byte> bytes, string where, string expected = "JSON")
    {
        if (bytes.Length > LargestFile)
            throw new UserErrorException(
                $"{where}: {bytes.Length} bytes are more than a table has ({LargestFile} at most): is it the right file?"
            );
        bytes = UserText.Of(bytes, where, expected);
        JsonDocument? document = null;
        try
        {
            document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = Depth, AllowDuplicateProperties = false });
            _ = CanonicalJson.Serialize(document.RootElement);
            return document;
        }
        catch (Exception failure) when (failure is JsonException or FormatException or InvalidOperationException)
        {
            document?.Dispose();
            throw HasComments(bytes) ? NoTable(where, failure) : NoJson(where, UserJson.Plain(failure), failure);
        }
    }

    /// <summary>What is named in a table's place and is one of this program's other files.</summary>
    internal static UserErrorException NoTable(string where, Exception? failure = null) =>
        new($"{where} is no latency table: name one that 'fasterseg profile' or 'fasterseg lut import' wrote.", failure);

    /// <summary>Whether it is JSON but for comments and commas at the end, as configurations have and tables never do.</summary>
    private static bool HasComments(ReadOnlyMemory<byte> bytes)
    {
        return !Parses(default) && Parses(new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });

        bool Parses(JsonDocumentOptions lenience)
        {
            try
            {
                using var document = JsonDocument.Parse(bytes, lenience);
                return document.RootElement.ValueKind == JsonValueKind.Object && !document.RootElement.TryGetProperty("format", out _);
            }
            // A name with half of a surrogate pair parses, and fails where it is compared.
            catch (Exception fault) when (fault is JsonException or InvalidOperationException)
            {
                return false;
            }
        }
    }

    private static UserErrorException NoJson(string where, string why, Exception? failure = null) =>
        new($"{where}: this is no JSON that a table can be read from ({why}): restore the file or build the table again.", failure);
}
