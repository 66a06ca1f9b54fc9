using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using FasterSeg.Latency;
using FasterSeg.Search.Configuration;
using Json.Schema;
using Xunit;

namespace FasterSeg.Search.Tests.Configuration;

/// <summary>What is told of a configuration's keys, and that it is true.</summary>
public sealed class ConfigurationValueTests
{
    private static readonly string SchemaFile = Path.Combine(RepositoryRoot.Path, "configs", "schema", "config.schema.json");

    private static readonly JsonSchema Schema = JsonSchema.FromText(File.ReadAllText(SchemaFile));

    public static TheoryData<string> Ranged { get; } =
    [.. ConfigurationValue.All().Where(value => value.Range is { Words.Count: 0 }).Select(value => value.Key)];

    [Fact]
    public void Every_key_is_described_and_no_other()
    {
        IReadOnlyList<ConfigurationValue> all = ConfigurationValue.All();
        Assert.Equal(
            ConfigurationKeys.Values.Keys.Order(StringComparer.Ordinal),
            all.Select(value => value.Key).Order(StringComparer.Ordinal)
        );
        Assert.All(all, value => Assert.True(value.Meaning.EndsWith('.') && !value.Meaning.Contains('<'), $"{value.Key}: {value.Meaning}"));
        Assert.All(ConfigurationValue.Sections(), section =>
            Assert.True(section.Value.Length > 10 && ConfigurationKeys.Sections.ContainsKey(section.Key), section.Key)
        );
    }

    [Theory]
    [MemberData(nameof(Ranged))]
    public void A_range_begins_and_ends_where_values_are_refused(string key)
    {
        ConfigurationValue value = ConfigurationValue.All().Single(one => one.Key == key);
        double Step(double? bound) =>
            value.Type == typeof(int) ? Math.Max(1, value.Range!.MultipleOf) : Math.Max(1e-7, 1e-6 * Math.Abs(bound ?? 0));
        foreach (double? outside in new[] { value.Range!.Low - Step(value.Range.Low), value.Range.High + Step(value.Range.High) })
        {
            if (outside is not { } number)
                continue;
            string set = $"{key}={number.ToString("0.##########", CultureInfo.InvariantCulture)}";
            Assert.Throws<UsageException>(() => ConfigurationLoader.Load(null, [set]));
        }
        if (value.Range.MultipleOf > 0)
            Assert.Throws<UsageException>(() => ConfigurationLoader.Load(null, [$"{key}={value.Range.Low + 1}"]));
    }

    [Fact]
    public void A_default_is_the_value_of_a_configuration_that_says_nothing()
    {
        FasterSegOptions options = ConfigurationLoader.Load(null);
        IReadOnlyDictionary<string, string> defaults = ConfigurationValue
            .All()
            .Where(value => value.Default is not null)
            .ToDictionary(value => value.Key, value => value.Default!.ToJsonString());
        Assert.Equal(options.Searching.Epochs.ToString(CultureInfo.InvariantCulture), defaults["searching:epochs"]);
        Assert.Equal(options.Pretrain.Batch.ToString(CultureInfo.InvariantCulture), defaults["pretrain:batch"]);
        Assert.Equal("\"auto\"", defaults["kernels"]);
        Assert.Equal("\"differentiable\"", defaults["searching:method"]);
    }

    [Fact]
    public void The_schema_in_the_repository_is_the_one_that_the_command_prints() =>
        Assert.Equal(ConfigurationSchema.Write(), File.ReadAllText(SchemaFile).ReplaceLineEndings("\n"));

    [Theory]
    [MemberData(nameof(ConfigurationLoaderTests.CommittedFiles), MemberType = typeof(ConfigurationLoaderTests))]
    public void Every_committed_configuration_names_the_schema_and_fits_it(string file)
    {
        string path = Path.Combine(RepositoryRoot.Path, "configs", file);
        JsonNode content = JsonNode.Parse(
            File.ReadAllText(path),
            documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }
        )!;
        string named = content["$schema"]!.GetValue<string>();
        Assert.Equal(SchemaFile, Path.GetFullPath(named, Path.GetDirectoryName(path)!));
        EvaluationResults results = Schema.Evaluate(Element(content), new EvaluationOptions { OutputFormat = OutputFormat.List });
        Assert.True(results.IsValid, JsonSerializer.Serialize(results));
    }

    [Theory]
    [InlineData("""{ "trainings": {} }""")]
    [InlineData("""{ "training": { "epoch": 3 } }""")]
    [InlineData("""{ "training": { "epochs": 0 } }""")]
    [InlineData("""{ "training": { "epochs": "many" } }""")]
    [InlineData("""{ "space": { "height": 100 } }""")]
    [InlineData("""{ "searching": { "method": "magic" } }""")]
    public void What_the_program_refuses_the_schema_refuses_too(string content)
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<UsageException>(() => ConfigurationLoader.Load(folder.Write("c.json", content)));
        Assert.False(Schema.Evaluate(Element(JsonNode.Parse(content)!)).IsValid);
    }

    private static JsonElement Element(JsonNode node) => JsonSerializer.SerializeToElement(node);
}
