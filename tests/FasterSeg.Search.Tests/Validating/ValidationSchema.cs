using System.Text.Json;
using Json.Schema;

namespace FasterSeg.Search.Tests.Validating;

/// <summary>luts/validation.schema.json.</summary>
internal static class ValidationSchema
{
    private static readonly JsonSchema Schema = JsonSchema.FromText(
        File.ReadAllText(Path.Combine(RepositoryRoot.Path, "luts", "validation.schema.json"))
    );

    /// <summary>Whether a validation's file conforms.</summary>
    public static bool Conforms(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return Schema.Evaluate(document.RootElement).IsValid;
    }
}
