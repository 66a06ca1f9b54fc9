using System.Text.Json;

namespace FasterSeg.Tests;

/// <summary>The files of tests/Shared/Reference: values that the released code computed.</summary>
internal static class ReferenceFile
{
    public static JsonElement Read(string name) =>
        JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(Path.Combine(RepositoryRoot.Path, "tests", "Shared", "Reference", name)));
}
