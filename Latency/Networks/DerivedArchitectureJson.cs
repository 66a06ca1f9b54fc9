using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using FasterSeg.Latency.Spaces;

namespace FasterSeg.Latency.Networks;

/// <summary>Writes and reads a <see cref="DerivedArchitecture"/> as JSON; operators by the vocabulary's names, ratios as numbers that
/// round-trip.</summary>
public static class DerivedArchitectureJson
{
    private const int Format = 1;
    private const int LargestFile = 1 << 20; // bytes; a real one has a few thousand

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        WriteIndented = true,
        Converters = { new OperatorNames(), new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    /// <summary>The architecture as JSON text.</summary>
    public static string Write(DerivedArchitecture architecture) =>
        JsonSerializer.Serialize(
            new Document(
                Format,
                architecture.Role,
                architecture.Fch,
                architecture.Classes,
                architecture.StemRatio,
                architecture.HeadRatio,
                Branch.Of(architecture.Deep),
                Branch.Of(architecture.Shallow)
            ),
            Options
        ) + "\n";

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <param name="json">The text.</param>
    /// <param name="source">Where it came from, for error messages.</param>
    /// <exception cref="UserErrorException">It is no architecture; the message says where and why.</exception>
    public static DerivedArchitecture Read(string json, string source = "architecture")
    {
        try
        {
            Document document = JsonSerializer.Deserialize<Document>(json, Options) ?? throw new JsonException("It is empty.");
            if (document.Format != Format)
                throw new JsonException($"It has format {document.Format}; this build reads {Format}.");
            return new DerivedArchitecture(
                document.Role,
                document.Fch,
                document.Classes,
                document.StemRatio,
                document.HeadRatio,
                document.Deep.ToArchitecture(),
                document.Shallow.ToArchitecture()
            ).Validated();
        }
        catch (Exception e) when (e is JsonException or UserErrorException)
        {
            throw new UserErrorException($"{source} is not a derived architecture: {UserJson.Plain(e)}.", e);
        }
    }

    /// <summary>Writes a file; it appears whole or not at all.</summary>
    /// <exception cref="UserErrorException">The file cannot be written.</exception>
    public static void Save(DerivedArchitecture architecture, string path) => AtomicFile.WriteAllText(path, Write(architecture));

    /// <summary>Reads a file.</summary>
    /// <exception cref="UserErrorException">It is missing or no architecture.</exception>
    public static DerivedArchitecture Load(string path) => Read(Encoding.UTF8.GetString(UserJson.Read(path, LargestFile).Span), path);

    private sealed record Document(
        int Format,
        Role Role,
        int Fch,
        int Classes,
        double StemRatio,
        double HeadRatio,
        Branch Deep,
        Branch Shallow
    );

    private sealed record Branch(OperatorKind[] Operators, int[] Path, double[] Widths)
    {
        public static Branch Of(BranchArchitecture branch) => new([.. branch.Operators], [.. branch.Path], [.. branch.Widths]);

        public BranchArchitecture ToArchitecture() => new(Operators, Path, Widths);
    }

    private sealed class OperatorNames : JsonConverter<OperatorKind>
    {
        public override OperatorKind Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            string? name = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
            foreach (OperatorKind kind in Enum.GetValues<OperatorKind>())
            {
                if (OperatorKey.NameOf(kind) == name)
                    return kind;
            }
            throw new JsonException($"'{name}' is no operator.");
        }

        public override void Write(Utf8JsonWriter writer, OperatorKind value, JsonSerializerOptions options) =>
            writer.WriteStringValue(OperatorKey.NameOf(value));
    }
}
