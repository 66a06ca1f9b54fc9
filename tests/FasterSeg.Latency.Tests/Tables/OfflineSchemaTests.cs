using System.Text.Json.Nodes;

namespace FasterSeg.Latency.Tests.Tables;

/// <summary>The schemas of luts/ by themselves: any validator takes them without another file and without a network.</summary>
public sealed class OfflineSchemaTests
{
    [Theory]
    [InlineData("table.schema.json")]
    [InlineData("validation.schema.json")]
    public void Every_reference_is_to_a_definition_of_the_same_file(string name)
    {
        JsonNode schema = Read(name);
        string[] references = [.. References(schema)];
        Assert.NotEmpty(references);
        Assert.All(references, reference =>
        {
            JsonNode? at = schema;
            Assert.StartsWith("#/", reference, StringComparison.Ordinal);
            foreach (string step in reference[2..].Split('/'))
                at = at?[step];
            Assert.NotNull(at);
        });
    }

    [Theory]
    [InlineData("identity"), InlineData("space"), InlineData("text"), InlineData("optionalText"), InlineData("ratio")]
    public void What_a_validation_takes_from_a_table_is_what_the_tables_schema_says(string definition) =>
        Assert.True(
            JsonNode.DeepEquals(Read("table.schema.json")["$defs"]![definition], Read("validation.schema.json")["$defs"]![definition])
        );

    [Fact]
    public void A_validations_keys_are_a_tables() =>
        Assert.True(
            JsonNode.DeepEquals(
                Read("table.schema.json")["$defs"]!["entry"]!["properties"]!["key"],
                Read("validation.schema.json")["$defs"]!["key"]
            )
        );

    private static JsonNode Read(string name) => JsonNode.Parse(File.ReadAllText(Path.Combine(RepositoryRoot.Path, "luts", name)))!;

    private static IEnumerable<string> References(JsonNode? node) =>
        node switch
        {
            JsonObject members => members.SelectMany(member =>
                member.Key == "$ref" ? [member.Value!.GetValue<string>()] : References(member.Value)
            ),
            JsonArray items => items.SelectMany(References),
            _ => [],
        };
}
