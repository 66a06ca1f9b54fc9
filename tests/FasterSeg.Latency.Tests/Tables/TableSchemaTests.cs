using System.Text;
using System.Text.Json;
using FasterSeg.Latency.Tables;
using Json.Schema;

namespace FasterSeg.Latency.Tests.Tables;

public sealed class TableSchemaTests
{
    private static readonly JsonSchema Schema = JsonSchema.FromText(
        File.ReadAllText(Path.Combine(RepositoryRoot.Path, "luts", "table.schema.json"))
    );

    [Fact]
    public void SerializedTable_Conforms() =>
        Assert.All([Samples.Table(), Samples.Corrected(), Samples.OfTwoCards()], table => Assert.True(Conforms(Text(table))));

    [Fact]
    public void Table_of_a_whole_space_conforms()
    {
        var entries = Samples
            .Space.Operators(full: true)
            .Select(spec => spec.IsZeroByDefinition ? LatencyEntry.Defined(spec) : Samples.Measured(spec.ToString(), 0.5));
        Assert.True(Conforms(Text(new LatencyTable(Samples.Identity, Samples.Space, entries, Samples.Created))));
    }

    [Fact]
    public void Table_without_a_space_conforms() =>
        Assert.True(Conforms(Text(new LatencyTable(Samples.Identity, null, [], DateTimeOffset.UnixEpoch))));

    [Theory]
    [InlineData("\"format\": 1", "\"format\": 2")]
    [InlineData("\"median_ms\":12345.678", "\"median_ms\":0")]
    [InlineData("\"median_ms\":12345.678", "\"median_ms\":\"1\"")]
    [InlineData("\"median_ms\":12345.678,", "")]
    [InlineData("\"median_ms\":12345.678", "\"median_ms\":1,\"ms\":1")]
    [InlineData("concat h8 w16 c32+32", "concatenate h8 w16 c32+32")]
    [InlineData("\"origin\":\"imported\"}", "\"origin\":\"defined\"}")]
    [InlineData("\"samples\":120", "\"samples\":0")]
    [InlineData(",\"samples\":120", "")]
    [InlineData("\"threads\":2", "\"threads\":-2")]
    [InlineData("\"height\":64", "\"height\":65")]
    [InlineData("\"weight_ns\":0.2", "\"weight_ns\":-0.2")]
    [InlineData("\"networks\":30", "\"networks\":0")]
    [InlineData("\"part_ms\":0,", "")]
    public void What_the_reader_refuses_the_schema_refuses(string text, string edit)
    {
        string json = Text(Samples.Corrected());
        Assert.Contains(text, json, StringComparison.Ordinal);

        string edited = json.Replace(text, edit, StringComparison.Ordinal);

        Assert.False(Conforms(edited));
        Assert.Throws<UserErrorException>(() => LatencyTableJson.Parse(Encoding.UTF8.GetBytes(edited), "T.json"));
    }

    [Theory]
    [InlineData("\"factor\":1.015625,\"key\"", "\"factor\":0,\"key\"")]
    [InlineData("\"device\":\"lab-2\",\"factor\"", "\"factor\"")]
    [InlineData("\"device\":\"lab-2\"", "\"device\":\"\"")]
    [InlineData("\"device\":\"lab-2\",\"failure\"", "\"device\":\"lab-2\",\"factor\":2,\"failure\"")]
    [InlineData("{\"key\":\"skip", "{\"device\":\"lab-2\",\"key\":\"skip")]
    [InlineData("\"factor\":1.015625,\"id\"", "\"factor\":-1,\"id\"")]
    [InlineData("\"entries\":3", "\"entries\":-3")]
    [InlineData("\"uuid\":\"cpu-1\"", "\"uuid\":\"\"")]
    [InlineData("\"uuid\":\"cpu-1\"", "\"uuid\":\"cpu-1\",\"ms\":1")]
    [InlineData("{\"entries\":1,\"factor\":1,\"id\":\"lab-1\",\"uuid\":\"cpu-0\"}", "1")]
    public void What_the_reader_refuses_of_cards_the_schema_refuses(string text, string edit)
    {
        string json = Text(Samples.OfTwoCards());
        Assert.Contains(text, json, StringComparison.Ordinal);

        string edited = json.Replace(text, edit, StringComparison.Ordinal);

        Assert.False(Conforms(edited));
        Assert.Throws<UserErrorException>(() => LatencyTableJson.Parse(Encoding.UTF8.GetBytes(edited), "T.json"));
    }

    private static string Text(LatencyTable table) => Encoding.UTF8.GetString(LatencyTableJson.Serialize(table));

    private static bool Conforms(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return Schema.Evaluate(document.RootElement).IsValid;
    }
}
