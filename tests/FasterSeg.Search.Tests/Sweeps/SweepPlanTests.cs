using System.Text.Json;
using FasterSeg.Latency;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Sweeps;
using Json.Schema;
using Xunit;

namespace FasterSeg.Search.Tests.Sweeps;

/// <summary>From what a user writes to the chains that a sweep keeps.</summary>
public sealed class SweepPlanTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Chains_are_all_seeds_of_all_settings_and_say_what_they_cost()
    {
        SweepFolder sweep = MadeSweep.Write(folder, seeds: 2);
        Assert.Equal(
            ["searched-seed1", "joint-seed1", "random-seed1", "searched-seed2", "joint-seed2", "random-seed2"],
            sweep.Sweep.Chains.Select(chain => chain.Name)
        );
        Assert.Equal(["searching:method=random", "halving:finalists=0", "seed=2"], sweep.Sweep.Chains[5].Sets);
        // Two epochs of three steps of two images; a step of the search has images for the parameters and for the weights.
        Assert.Equal(
            [
                new PhaseCost(SweepStage.Search, "pretrain", 6, 12),
                new(SweepStage.Search, "search", 6, 24),
                new(SweepStage.Teacher, "train_teacher", 6, 12),
                new(SweepStage.Student, "train_student", 6, 12),
            ],
            sweep.Sweep.Chains[0].Costs
        );
        Assert.Equal([SweepStage.Teacher, SweepStage.Student], sweep.Sweep.Chains[5].Costs.Select(cost => cost.Stage));
        Assert.All(sweep.Sweep.Chains, chain => Assert.Equal("table.json", chain.Table));
    }

    [Fact]
    public void A_sweep_keeps_copies_of_what_it_was_planned_with_and_is_never_replaced()
    {
        SweepFolder sweep = MadeSweep.Write(folder);
        byte[] config = File.ReadAllBytes(folder["tiny.json"]);
        File.Delete(folder["tiny.json"]);
        File.Delete(folder["t.json"]);
        Assert.Equal(config, File.ReadAllBytes(sweep.ConfigurationOf(sweep.Sweep.Chains[0])));
        Assert.Equal(
            TinySpace.Table(TinySearch.Options().Space.ToSpace()).Entries.Count,
            LatencyTableJson.Load(sweep.TableOf(sweep.Sweep.Chains[0])).Entries.Count
        );

        byte[] before = File.ReadAllBytes(folder["sweep/sweep.json"]);
        var there = Assert.Throws<UserErrorException>(() => MadeSweep.Write(folder));
        Assert.Contains("holds a sweep already", there.Message, StringComparison.Ordinal);
        Assert.EndsWith($"\n  fasterseg sweep run {sweep.Path}", there.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(folder["sweep/sweep.json"]));
        Directory.CreateDirectory(folder["full/x"]);
        Assert.Contains(
            "is not empty",
            Assert.Throws<UserErrorException>(() => SweepPlan.RequireNew(folder["full"])).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("", "it ends in the middle")]
    [InlineData("null", "it is null")]
    [InlineData("""{ "format": 1 }""", "'chains' are missing")]
    [InlineData("FORMAT", "its format is 9, and this version knows 1")]
    [InlineData("NAME", "'../../x' is the name of no chain or file")]
    [InlineData("TWICE", "two of its chains have one name")]
    [InlineData("STAGES", "its stages are not in order")]
    public void A_damaged_sweep_is_refused_with_its_file(string text, string fault)
    {
        SweepFolder sweep = MadeSweep.Write(folder);
        string path = folder["sweep/sweep.json"],
            whole = File.ReadAllText(path);
        File.WriteAllText(
            path,
            text switch
            {
                "" => whole[..^3],
                "FORMAT" => whole.Replace("\"format\": 1", "\"format\": 9", StringComparison.Ordinal),
                "NAME" => whole.Replace("joint-seed1", "../../x", StringComparison.Ordinal),
                "TWICE" => whole.Replace("joint-seed1", "searched-seed1", StringComparison.Ordinal),
                "STAGES" => whole.Replace("\"stages\": [\n    \"search\",", "\"stages\": [", StringComparison.Ordinal),
                _ => text,
            }
        );
        var refused = Assert.Throws<DamagedRunException>(() => SweepFolder.Open(sweep.Path));
        Assert.StartsWith($"{path} is not as 'fasterseg sweep plan' writes it (", refused.Message, StringComparison.Ordinal);
        Assert.Contains(fault, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "\"baselines\": [\"rnd\"]",
        "'baselines[0]' is of another kind than belongs there, in line 1, column",
        "; possible is 'random'."
    )]
    [InlineData("\"stages\": [\"look\"]", "'stages[0]' is of another kind", "; possible are 'search', 'teacher', 'student'")]
    [InlineData("\"seed\": [1]", "'seed' is unknown here", "; did you mean 'seeds'?")]
    [InlineData("\"nothing\": 1", "'nothing' is unknown here", "; possible are configs, data, lut, ")]
    [InlineData("\"retries\": \"x\"", "'retries' is of another kind than belongs there", "in line 1, column ")]
    public void A_word_or_key_that_is_none_is_refused_with_what_there_may_be(string entry, string fault, string hint)
    {
        string file = folder.Write("s.json", $$"""{ "configs": ["a.json"], "data": "synthetic", {{entry}} }""");
        string message = Assert.Throws<UsageException>(() => SweepOptions.Load(file)).Message;
        Assert.Contains(fault, message, StringComparison.Ordinal);
        Assert.Contains(hint, message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_schema_knows_what_a_sweep_may_say_and_no_more()
    {
        string schemas = Path.Combine(RepositoryRoot.Path, "configs", "schema");
        var schema = JsonSchema.FromText(File.ReadAllText(Path.Combine(schemas, "sweep.schema.json")));
        using JsonDocument written = JsonDocument.Parse(File.ReadAllText(Path.Combine(schemas, "sweep.schema.json")));
        Assert.Equal(
            typeof(SweepOptions)
                .GetProperties()
                .Select(property => property.Name == "Schema" ? "$schema" : JsonNamingPolicy.CamelCase.ConvertName(property.Name))
                .Order(StringComparer.Ordinal),
            written.RootElement.GetProperty("properties").EnumerateObject().Select(property => property.Name).Order(StringComparer.Ordinal)
        );
        string example = Path.Combine(RepositoryRoot.Path, "configs", "sweeps", "quickstart.json");
        using JsonDocument document = JsonDocument.Parse(
            File.ReadAllText(example),
            new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip }
        );
        Assert.True(schema.Evaluate(document.RootElement).IsValid);
        using JsonDocument wrong = JsonDocument.Parse("""{ "configs": [], "data": "synthetic", "seed": 1 }""");
        Assert.False(schema.Evaluate(wrong.RootElement).IsValid);
        Assert.Equal(6, SweepPlan.Of(SweepOptions.Load(example)).Chains.Count());
    }
}
