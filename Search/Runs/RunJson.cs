using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using FasterSeg.Latency;

namespace FasterSeg.Search.Runs;

/// <summary>How a run's folder writes JSON: names and words in camelCase, as its configuration has them.</summary>
public static class RunJson
{
    /// <summary>How values become JSON, and back.</summary>
    public static JsonSerializerOptions Options { get; } =
        new(JsonSerializerDefaults.Web)
        {
            WriteIndented = true,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
        };

    /// <summary>Writes a file; it appears whole or not at all.</summary>
    /// <exception cref="UserErrorException">It cannot be written.</exception>
    public static void Save<T>(string path, T value) => AtomicFile.WriteAllText(path, JsonSerializer.Serialize(value, Options) + "\n");

    /// <summary>Reads a file. Older builds wrote some names like <c>mean_iou</c> or <c>Name</c>; here all are like
    /// <c>meanIou</c>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="largest">Bytes it may have at most.</param>
    /// <exception cref="UserErrorException">It cannot be read, or is no text.</exception>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static JsonElement Read(string path, int largest)
    {
        using JsonDocument document = JsonDocument.Parse(UserJson.Read(path, largest));
        return Renamed(document.RootElement);
    }

    /// <summary>The same JSON with all names like <c>meanIou</c>.</summary>
    public static JsonElement Renamed(JsonElement element) => JsonSerializer.SerializeToElement(NodeOf(element));

    private static JsonNode? NodeOf(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var named = new JsonObject();
                foreach (JsonProperty property in element.EnumerateObject())
                    named[CamelCase(property.Name)] = NodeOf(property.Value);
                return named;
            case JsonValueKind.Array:
                return new JsonArray([.. element.EnumerateArray().Select(NodeOf)]);
            case JsonValueKind.Null:
                return null;
            default:
                return JsonValue.Create(element.Clone());
        }
    }

    private static string CamelCase(string name)
    {
        string[] words = name.Split('_');
        return JsonNamingPolicy.CamelCase.ConvertName(words[0])
            + string.Concat(words.Skip(1).Select(word => word.Length > 0 ? char.ToUpperInvariant(word[0]) + word[1..] : "_"));
    }
}
