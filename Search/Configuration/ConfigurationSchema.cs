using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FasterSeg.Search.Configuration;

/// <summary>A JSON schema of configuration files, by which editors complete and check them.</summary>
public static class ConfigurationSchema
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The schema's text.</summary>
    /// <exception cref="Latency.UserErrorException">The options' documentation does not lie beside the program.</exception>
    public static string Write()
    {
        var properties = new JsonObject
        {
            ["$schema"] = new JsonObject { ["type"] = "string", ["description"] = "Where this schema is, for editors." },
        };
        IReadOnlyDictionary<string, string> sections = ConfigurationValue.Sections();
        foreach (ConfigurationValue value in ConfigurationValue.All())
        {
            string[] names = value.Key.Split(':');
            if (names.Length == 1)
            {
                properties[names[0]] = Of(value);
                continue;
            }
            if (properties[names[0]] is null)
                properties[names[0]] = Section(sections[names[0]], []);
            properties[names[0]]!["properties"]![names[1]] = Of(value);
        }
        JsonObject schema = Section("A configuration of FasterSeg for .NET. What a file leaves out has its default.", properties);
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.Insert(1, "title", "FasterSeg configuration");
        return schema.ToJsonString(Indented) + "\n";
    }

    private static JsonObject Section(string description, JsonObject properties) =>
        new()
        {
            ["description"] = description,
            ["type"] = "object",
            ["properties"] = properties,
            ["additionalProperties"] = false,
        };

    private static JsonObject Of(ConfigurationValue value)
    {
        var schema = new JsonObject
        {
            ["description"] = value.Meaning + (value.Unit is null ? "" : $" ({value.Unit})"),
            ["type"] =
                value.Type == typeof(int) ? "integer"
                : value.Type == typeof(double) ? "number"
                : value.Type == typeof(bool) ? "boolean"
                : "string",
        };
        if (value.Default is { } standard)
            schema["default"] = standard.DeepClone();
        if (value.Range is not { } range)
            return schema;
        if (range.Words.Count > 0)
            schema["enum"] = new JsonArray([.. range.Words.Select(word => JsonValue.Create(word))]);
        if (range.Low is { } low)
            schema["minimum"] = low;
        if (range.High is { } high)
            schema["maximum"] = high;
        if (range.MultipleOf > 0)
            schema["multipleOf"] = range.MultipleOf;
        return schema;
    }
}
