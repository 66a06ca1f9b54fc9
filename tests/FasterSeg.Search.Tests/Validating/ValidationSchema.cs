using System.Text.Json;
using Json.Schema;

namespace FasterSeg.Search.Tests.Validating;

/// <summary>luts/validation.schema.json.</summary>
internal static class ValidationSchema
{
    private static readonly JsonSchema Schema = Read();

    /// <summary>Whether a validation's file conforms.</summary>
    public static bool Conforms(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return Schema.Evaluate(document.RootElement).IsValid;
    }

    private static JsonSchema Read()
    {
        string folder = Path.Combine(RepositoryRoot.Path, "luts");
        // The validation's refers to the table's.
        _ = JsonSchema.FromText(File.ReadAllText(Path.Combine(folder, "table.schema.json")));
        return JsonSchema.FromText(File.ReadAllText(Path.Combine(folder, "validation.schema.json")));
    }
}
