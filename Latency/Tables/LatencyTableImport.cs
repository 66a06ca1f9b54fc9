using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using FasterSeg.Latency.Spaces;

namespace FasterSeg.Latency.Tables;

/// <summary>
/// Reads a latency table from whatever file it is in: our JSON, the released code's <c>.npy</c> and what else Python keeps such a
/// dictionary in (see <see cref="NumpyTableReader"/>), or a flat JSON object from names (canonical or released ones) to milliseconds.
/// </summary>
public static class LatencyTableImport
{
    /// <summary>
    /// SHA-256 over the canonical form of {canonical key: ms} of the table that the paper's authors published, by which it
    /// is known whatever file it comes in. Any other list of names and numbers says nothing about its device.
    /// </summary>
    private const string PublishedTable = "bb8c8145262937861380e5f6da7539aaed50451e9c1bb37a64cd39504ef06560";

    private const string Expected =
        "a latency table (JSON; or a dictionary of names and ms in a .npy, a .npz or a pickle of protocol 2 to 5)";

    /// <summary>Reads a table; what the file is decides its content, not its name.</summary>
    /// <exception cref="UserErrorException">The file cannot be read, is of no known kind or has a fault.</exception>
    public static LatencyTable Load(string path) => Parse(UserFile.Read(path, LatencyTableJson.LargestFile), path);

    /// <summary>Reads a table.</summary>
    /// <param name="bytes">The file's content.</param>
    /// <param name="where">The file's name, for messages.</param>
    /// <exception cref="UserErrorException">It is of no known kind or has a fault.</exception>
    public static LatencyTable Parse(ReadOnlyMemory<byte> bytes, string where)
    {
        if (NumpyTableReader.Reads(bytes.Span))
            return Imported(NumpyTableReader.Read(bytes.Span, where), where);
        using JsonDocument document = LatencyTableJson.Document(bytes, where, Expected);
        JsonElement root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
            throw new UserErrorException($"{where}: the file holds no table: it should be a JSON object or the released code's .npy file.");
        bool isOurs = root.EnumerateObject().Any(member => member.Name is "format" or "entries" or LatencyTableJson.HashMember);
        return isOurs ? LatencyTableReader.Read(root, where) : Imported(Flat(root, where), where);
    }

    private static List<KeyValuePair<string, double>> Flat(JsonElement root, string where) =>
        [
            .. root.EnumerateObject()
                .Select(member =>
                    member.Value.ValueKind == JsonValueKind.Number
                        ? KeyValuePair.Create(member.Name, member.Value.GetDouble())
                        : throw new UserErrorException(
                            $"{where}: '{Shortened(member.Name)}' has no number of milliseconds: give it one or remove it."
                        )
                ),
        ];

    private static LatencyTable Imported(IReadOnlyList<KeyValuePair<string, double>> latencies, string where)
    {
        if (latencies.Count == 0)
            throw new UserErrorException($"{where}: the table is empty: is it the right file?");
        var entries = new Dictionary<OperatorSpec, LatencyEntry>();
        foreach ((string name, double latency) in latencies)
        {
            if (!OperatorKey.TryParse(name, out OperatorSpec? spec) && !AuthorsKeys.TryParse(name, out spec))
                throw new UserErrorException(
                    $"{where}: '{Shortened(name)}' is the name of no operator, neither here nor in the released code: remove or correct it."
                );
            var entry = new LatencyEntry(spec, EntryOrigin.Imported, latency);
            if (LatencyEntryRules.Fault(entry) is { } fault)
                throw new UserErrorException($"{where}: entry '{name}': {fault}: correct or remove it.");
            if (!entries.TryAdd(spec, entry))
                throw new UserErrorException($"{where}: '{spec}' occurs twice, the second time as '{name}': remove one.");
        }
        string fingerprint = Fingerprint(entries.Values);
        bool published = fingerprint == PublishedTable;
        // When such a table was measured is not recorded; a fixed time makes the same file the same table everywhere.
        return new(
            published ? Published(fingerprint) : Unknown(fingerprint),
            published ? SearchSpace.Paper() : null,
            entries.Values,
            DateTimeOffset.UnixEpoch
        );
    }

    private static string Fingerprint(IEnumerable<LatencyEntry> entries)
    {
        var flat = new JsonObject(entries.Select(entry => KeyValuePair.Create(entry.Spec.ToString(), (JsonNode?)entry.MedianMs)));
        return Convert.ToHexStringLower(SHA256.HashData(CanonicalJson.Serialize(JsonSerializer.SerializeToElement(flat))));
    }

    private static TableIdentity Published(string fingerprint) =>
        new(
            "NVIDIA GeForce GTX 1080 Ti",
            Uuid(fingerprint),
            ComputeCapability: "6.1",
            Driver: null,
            Provider: ExecutionProviders.TensorRt,
            OnnxRuntime: null,
            TensorRt: "5",
            Cudnn: null,
            Precision: Precisions.Fp32,
            Threads: 0,
            BatchSize: 1,
            "imported: the table published with the paper (FasterSeg, ICLR 2020)"
        );

    private static TableIdentity Unknown(string fingerprint) =>
        new(
            "unknown",
            Uuid(fingerprint),
            ComputeCapability: null,
            Driver: null,
            Provider: "unknown",
            OnnxRuntime: null,
            TensorRt: null,
            Cudnn: null,
            Precision: "unknown",
            Threads: 0,
            BatchSize: 1,
            "imported: a list of names and latencies"
        );

    // Of an imported table only the content is known; it stands for the device, so that two imports never merge unnoticed.
    private static string Uuid(string fingerprint) => $"import-{fingerprint[..16]}";

    private static string Shortened(string name) => name.Length <= 100 ? name : name[..100] + "...";
}
