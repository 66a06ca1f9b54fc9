using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using FasterSeg.Latency;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Search.Validating;

/// <summary>A validation as JSON (schema: <c>luts/validation.schema.json</c>), one network a line.</summary>
public static class TableValidationFile
{
    /// <summary>Version of the format that this build writes and reads.</summary>
    public const int Format = 1;

    private const int LargestFile = 64 << 20;
    private const string Networks = "networks";

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters =
        {
            new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false),
            new Nested<SearchSpace>(LatencyTableJson.SerializeSpace, json => LatencyTableJson.ParseSpace(json, "space")),
            new Nested<TableIdentity>(LatencyTableJson.SerializeIdentity, json => LatencyTableJson.ParseIdentity(json, "identity")),
            new Nested<DerivedArchitecture>(DerivedArchitectureJson.Write, json => DerivedArchitectureJson.Read(json)),
        },
    };

    private static readonly JsonSerializerOptions Indented = new(Options) { WriteIndented = true };

    /// <summary>Where a table's validation is looked for: <c>T.validation.json</c> beside <c>T.json</c>.</summary>
    public static string Beside(string table) => Path.ChangeExtension(table, ".validation.json");

    /// <summary>The file's content.</summary>
    public static string Write(TableValidation validation)
    {
        JsonObject content = JsonSerializer.SerializeToNode(validation, Options)!.AsObject();
        content.Insert(0, "format", Format);
        return "{\n" + string.Join(",\n", content.Select(member => $"  \"{member.Key}\": {Text(member.Key, member.Value)}")) + "\n}\n";
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <param name="json">The text.</param>
    /// <param name="where">Where it came from, for messages.</param>
    /// <exception cref="UserErrorException">It is no validation; the message says why.</exception>
    public static TableValidation Read(ReadOnlySpan<byte> json, string where)
    {
        try
        {
            JsonObject content =
                JsonNode.Parse(json, documentOptions: new() { AllowDuplicateProperties = false }) as JsonObject
                ?? throw new JsonException("It is no object.");
            if (!content.ContainsKey("table_sha256"))
                throw new JsonException("It does not say which table it is of.");
            int? format = content["format"] is JsonValue value && value.TryGetValue(out int number) ? number : null;
            if (format != Format)
                throw new JsonException(
                    $"Its format is {format?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "not told"}, and "
                        + $"this build reads {Format}."
                );
            content.Remove("format");
            TableValidation validation = content.Deserialize<TableValidation>(Options)!;
            return Fault(validation) is { } fault ? throw new JsonException(fault) : validation;
        }
        catch (Exception failure) when (failure is JsonException or UserErrorException or ArgumentException)
        {
            throw new UserErrorException(
                $"{where} is no validation of a table ({UserJson.Plain(failure)}): name another file, or restore this one.",
                failure
            );
        }
    }

    /// <summary>Writes a file; it appears whole or not at all.</summary>
    /// <exception cref="UserErrorException">The file cannot be written.</exception>
    public static void Save(TableValidation validation, string path) => AtomicFile.WriteAllText(path, Write(validation));

    /// <summary>Reads a file.</summary>
    /// <exception cref="UserErrorException">It is missing or no validation.</exception>
    public static TableValidation Load(string path) => Read(UserJson.Read(path, LargestFile).Span, path);

    private static string Text(string name, JsonNode? value) =>
        name switch
        {
            Networks => $"[\n{string.Join(",\n", value!.AsArray().Select(network => "    " + network!.ToJsonString(Options)))}\n  ]",
            "results" when value is not null => value.ToJsonString(Indented).Replace("\n", "\n  ", StringComparison.Ordinal),
            _ => value?.ToJsonString(Options) ?? "null",
        };

    /// <summary>What is wrong with numbers that have the right shape; null where nothing is.</summary>
    private static string? Fault(TableValidation validation)
    {
        int count = validation.Networks.Count;
        if (!validation.Networks.Select(network => network.Number).SequenceEqual(Enumerable.Range(1, count)))
            return "Its networks are not numbered from 1 on.";
        if (validation.Order.Any(pass => !pass.Order().SequenceEqual(Enumerable.Range(1, count))))
            return "A pass of its order does not have each network once.";
        ValidatedNetwork? unsound = validation.Networks.FirstOrDefault(network =>
            network.Readings.Count > validation.Order.Count || !network.Readings.All(reading => reading.IsSound())
        );
        if (
            validation.Drift is { } drift
            && !(drift.All(reading => reading.IsSound()) && drift.Zip(drift.Skip(1)).All(pair => pair.First.Done < pair.Second.Done))
        )
            return "Its readings of the device's drift are none that a validation writes.";
        return unsound is null ? null : FormattableString.Invariant($"Network {unsound.Number} has measurements that no profiler gives.");
    }

    /// <summary>What has a JSON form of its own.</summary>
    private sealed class Nested<T>(Func<T, string> write, Func<string, T> read) : JsonConverter<T>
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            using JsonDocument document = JsonDocument.ParseValue(ref reader);
            return read(document.RootElement.GetRawText());
        }

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
            JsonNode.Parse(write(value))!.WriteTo(writer, options);
    }
}
