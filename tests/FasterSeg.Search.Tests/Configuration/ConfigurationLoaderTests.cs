using System.Text.Json;
using CsCheck;
using FasterSeg.Latency;
using FasterSeg.Latency.Networks;
using FasterSeg.Search.Configuration;
using Xunit;

namespace FasterSeg.Search.Tests.Configuration;

public sealed class ConfigurationLoaderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<string> CommittedFiles { get; } =
    [.. Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, "configs"), "*.json").Select(file => Path.GetFileName(file)!)];

    [Theory]
    [MemberData(nameof(CommittedFiles))]
    public void Every_committed_configuration_loads(string file) =>
        Assert.NotEmpty(ConfigurationLoader.Load(Path.Combine(RepositoryRoot.Path, "configs", file)).Space.ToSpace().WidthRatios);

    [Fact]
    public void Cityscapes_is_the_papers_and_so_are_the_defaults() =>
        Assert.Equal(
            JsonSerializer.Serialize(new FasterSegOptions()),
            JsonSerializer.Serialize(ConfigurationLoader.Load(Path.Combine(RepositoryRoot.Path, "configs", "cityscapes.json")))
        );

    [Fact]
    public void Comments_and_trailing_commas_are_allowed()
    {
        string file = folder.Write("c.json", "// why\n{ \"space\": { \"height\": 64, /* small */ \"width\": 128, } }");
        Assert.Equal((64, 128), (ConfigurationLoader.Load(file).Space.Height, ConfigurationLoader.Load(file).Space.Width));
    }

    [Fact]
    public void A_set_overrides_the_file_and_the_last_one_wins()
    {
        string file = folder.Write("c.json", """{ "searching": { "epochs": 9, "batch": 7 } }""");
        FasterSegOptions options = ConfigurationLoader.Load(
            file,
            ["searching:epochs=3", "Searching:Epochs = 4", "searching:target=20-24 ms"]
        );
        Assert.Equal((4, 7, "20-24 ms"), (options.Searching.Epochs, options.Searching.Batch, options.Searching.Target));
    }

    /// <summary>Such a run has its networks: with steps that it did not have it would take hours when resumed, and find others.</summary>
    [Fact]
    public void A_runs_file_of_before_there_were_steps_of_networks_own_has_none()
    {
        string kept = folder["kept.json"],
            earlier = folder["earlier.json"];
        var options = new FasterSegOptions { Machine = new() { Processor = "some" } };
        options.Searching.Method = SearchMethod.Oneshot;
        ConfigurationLoader.Save(options, kept);
        Assert.True(ConfigurationLoader.Load(kept).OneShot.AdaptationSteps > 0);
        File.WriteAllText(earlier, string.Join("\n", File.ReadLines(kept).Where(line => !line.Contains("adaptationSteps"))));
        Assert.Equal(0, ConfigurationLoader.Load(earlier).OneShot.AdaptationSteps);
        Assert.Equal(8, ConfigurationLoader.Load(earlier, ["oneShot:adaptationSteps=8"]).OneShot.AdaptationSteps);
    }

    /// <summary>Their networks were trained on images at their own size, and go on so.</summary>
    [Fact]
    public void A_runs_file_of_before_there_was_a_choice_leaves_images_at_their_own_size()
    {
        string fresh = folder.Write("fresh.json", """{ "space": { "height": 64 } }"""),
            kept = folder["kept.json"],
            earlier = folder["earlier.json"];
        Assert.Equal(ImageFit.Resize, ConfigurationLoader.Load(fresh).Data.Fit);
        ConfigurationLoader.Save(ConfigurationLoader.Load(fresh, ["data:fit=pad"]), kept);
        Assert.Equal(ImageFit.Pad, ConfigurationLoader.Load(kept).Data.Fit);
        File.WriteAllText(earlier, File.ReadAllText(kept).Replace("\"fit\": \"pad\",", "", StringComparison.Ordinal));
        Assert.Equal(ImageFit.Own, ConfigurationLoader.Load(earlier).Data.Fit);
        Assert.Equal(ImageFit.Crop, ConfigurationLoader.Load(earlier, ["data:fit=crop"]).Data.Fit);
        ConfigurationLoader.Save(ConfigurationLoader.Load(earlier), kept);
        Assert.Equal(ImageFit.Own, ConfigurationLoader.Load(kept).Data.Fit);
        Assert.Contains(
            "data:fit in --set is 'stretch', not one of resize, pad, crop, own.",
            Assert.Throws<UsageException>(() => ConfigurationLoader.Load(fresh, ["data:fit=stretch"])).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Crops_that_the_deployed_size_cannot_fill_are_told()
    {
        FasterSegOptions options = ConfigurationLoader.Load(
            null,
            ["space:height=192", "space:width=256", "training:cropHeight=224", "training:cropWidth=448", "pretrain:epochs=0"]
        );
        Assert.Equal(
            "training crops 224x448 from images that are 240x320 at most (the deployed size, 192x256, times 1.25, the largest of "
                + "data:scales), and fills the rest: set training:cropHeight and training:cropWidth to 192 and 256.",
            Assert.Single(CropAdvice.Of(options, ("training", options.Training), ("pretrain", options.Pretrain)))
        );
        options.Training.CropWidth = 320;
        Assert.Empty(CropAdvice.Of(options, ("training", options.Training)));
        options.Training.DownSampling = 8;
        Assert.Contains("to 32 and 32.", Assert.Single(CropAdvice.Of(options, ("training", options.Training))), StringComparison.Ordinal);
        // The one-shot search's, of which 96 x 160 would be larger than the deployed size.
        FasterSegOptions small = ConfigurationLoader.Load(null, ["space:height=96", "space:width=128"]);
        Assert.EndsWith(
            "set oneShot:cropHeight and oneShot:cropWidth to 96 and 128.",
            Assert.Single(CropAdvice.Of(small, ("oneShot", small.OneShot))),
            StringComparison.Ordinal
        );
        options.Data.Fit = ImageFit.Own;
        Assert.Empty(CropAdvice.Of(options, ("training", options.Training)));
    }

    /// <summary>So that nobody begins with a warning.</summary>
    [Theory]
    [MemberData(nameof(CommittedFiles))]
    public void Every_committed_configuration_has_crops_that_fit(string file)
    {
        FasterSegOptions options = ConfigurationLoader.Load(Path.Combine(RepositoryRoot.Path, "configs", file));
        Assert.Empty(
            CropAdvice.Of(options, ("pretrain", options.Pretrain), ("searching", options.Searching), ("training", options.Training))
        );
    }

    /// <summary>A copied file names a schema that is not there.</summary>
    [Theory]
    [InlineData("\"schema/config.schema.json\"")]
    [InlineData("\"https://nowhere.invalid/x.json\"")]
    [InlineData("[1, 2]")]
    public void Where_the_schema_lies_is_of_no_account(string schema) =>
        Assert.Equal(5, ConfigurationLoader.Load(folder.Write("c.json", $$"""{ "$schema": {{schema}}, "seed": 5 }""")).Seed);

    [Fact]
    public void An_unknown_key_names_file_key_and_the_nearest_one()
    {
        string file = folder.Write("c.json", """{ "searching": { "epoch": 9 } }""");
        Assert.Equal(
            $"The configuration '{file}' is wrong: Unknown key 'searching:epoch' in {file}; did you mean 'searching:epochs'?",
            Refusal(file)
        );
    }

    [Fact]
    public void An_unknown_section_is_one_fault() =>
        Assert.Equal(
            "Unknown key 'serching' in c.json; did you mean 'searching'?",
            Refusal(folder.Write("c.json", """{ "serching": { "epochs": 9, "batch": 1 } }"""))
                .Split("wrong: ")[1]
                .Replace(folder["c.json"], "c.json", StringComparison.Ordinal)
        );

    [Theory]
    [InlineData("seed=abc", "seed in --set is 'abc', not a whole number.")]
    [InlineData("seed=1.5", "seed in --set is '1.5', not a whole number.")]
    [InlineData("seed=99999999999", "seed in --set is '99999999999', not a whole number.")]
    [InlineData("searching:learningRate=fast", "searching:learningRate in --set is 'fast', not a number.")]
    [InlineData("searching:learningRate=NaN", "searching:learningRate in --set is 'NaN', not a number.")]
    [InlineData("data:mirror=yes", "data:mirror in --set is 'yes', not true or false.")]
    [InlineData("measuring:networks=maybe", "measuring:networks in --set is 'maybe', not true or false.")]
    [InlineData("measuring:quietSeconds=soon", "measuring:quietSeconds in --set is 'soon', not a number.")]
    [InlineData("space=5", "space in --set is a section; it takes keys, not the value '5'.")]
    [InlineData("seed:x=5", "seed in --set is a list or a section; it takes a single value.")]
    [InlineData("searching:target=", "searching:target in --set is '', which is empty.")]
    [InlineData("seed", "--set seed has no value: write it like --set searching:epochs=3.")]
    [InlineData("sed=5", "Unknown key 'sed' in --set; did you mean 'seed'?")]
    [InlineData("searching:batch=0", "searching:batch is 0, outside 1 to 4096.")]
    [InlineData("training:cropHeight=100", "training:cropHeight is 100, not a multiple of 32 between 32 and 16384.")]
    [InlineData("searching:learningRateDecay=0", "searching:learningRateDecay is 0, outside 1E-06 to 1.")]
    [InlineData("measuring:provider=gpu", "measuring:provider is 'gpu', not one of cpu, cuda, tensorrt.")]
    [InlineData("searching:derivation=both", "searching:derivation in --set is 'both', not one of corrected, released, banded.")]
    [InlineData("searching:latencyTerms=1", "searching:latencyTerms in --set is '1', not one of decoupled, joint.")]
    [InlineData(
        "searching:controller=Halving",
        "searching:controller in --set is 'Halving', not one of halving, proportional, lagrangian."
    )]
    [InlineData("searching:latencyWidths=", "searching:latencyWidths in --set is '', not one of expectation, sampled.")]
    [InlineData("searching:decoupledWeights=1,2", "searching:decoupledWeights is '1,2', not three weights of 0 or more.")]
    [InlineData("data:scales=1,x", "data:scales: 'x' is not a number")]
    [InlineData("data:scales=NaN", "data:scales: 'NaN' is not a number")]
    [InlineData("data:scales=0", "data:scales is '0', not scales above 0, at most 16.")]
    [InlineData("oneShot:supernets=0", "oneShot:supernets is 0, outside 1 to 100.")]
    [InlineData("oneShot:snapshotShare=0", "oneShot:snapshotShare is 0, outside 0.001 to 1.")]
    [InlineData("oneShot:adaptationSteps=-1", "oneShot:adaptationSteps is -1, outside 0 to 10000.")]
    [InlineData("oneShot:adaptedNetworks=0", "oneShot:adaptedNetworks is 0, outside 1 to 1000000.")]
    [InlineData("oneShot:adaptedDescendants=-1", "oneShot:adaptedDescendants is -1, outside 0 to 1000000.")]
    [InlineData("oneShot:adaptationRungs=0", "oneShot:adaptationRungs is 0, outside 1 to 4.")]
    [InlineData("oneShot:adaptationRate=-1", "oneShot:adaptationRate is -1, outside 0 to 100.")]
    [InlineData("oneShot:snapshotAveraging=all", "oneShot:snapshotAveraging in --set is 'all', not one of scores, weights.")]
    [InlineData("halving:devices=cpu,gpu", "halving:devices: 'gpu' is no device; write search, or cpu, cuda or cuda:N with commas")]
    [InlineData("halving:devices=cpu,", "halving:devices: '' is no device;")]
    [InlineData("data:workers=0", "data:workers is 0, outside 1 to 1024.")]
    [InlineData("data:prefetch=0", "data:prefetch is 0, outside 1 to 1024.")]
    [InlineData("training:cropWidth=0", "training:cropWidth is 0, not a multiple of 32 between 32 and 16384.")]
    [InlineData("pretrain:downSampling=0", "pretrain:downSampling is 0, outside 1 to 32.")]
    [InlineData("pretrain:stepsPerEpoch=-1", "pretrain:stepsPerEpoch is -1, outside 0 to 1000000.")]
    [InlineData("searching:target=fast", "searching:target: 'fast' is not a latency target")]
    [InlineData("space:height=100", "The network's height 100 is not a multiple of 32")]
    [InlineData("space:studentStem=9/12", "stem ratio 0.75 is not in the list of width ratios")]
    [InlineData("space:widths=a", "'a' is not a ratio")]
    public void A_wrong_value_is_named_with_its_key(string set, string expected) =>
        Assert.Contains(
            expected,
            Assert.Throws<UsageException>(() => ConfigurationLoader.Load(null, [set])).Message,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("oneShot:epochs is 0, and what nobody has trained is not worth averaging", "oneShot:epochs=0", "oneShot:supernets=2")]
    [InlineData("oneShot:snapshots is 6, and the last part", "oneShot:epochs=2", "oneShot:stepsPerEpoch=5", "oneShot:snapshots=6")]
    public void What_cannot_be_averaged_is_told(string expected, params string[] sets) =>
        Assert.Contains(
            expected,
            Assert.ThrowsAny<UserErrorException>(() => ConfigurationLoader.Load(null, sets)).Message,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("{}", "space:height=100", "The configuration of the command line is wrong: space: The network's height 100 ")]
    [InlineData("{}", "training:epoch=7", "The configuration of the command line is wrong: Unknown key 'training:epoch' in --set")]
    [InlineData("""{ "space": { "height": 100 } }""", "seed=2", "The configuration 'FILE' is wrong: space: The network's height 100 ")]
    public void A_fault_is_said_to_be_the_files_only_where_it_is_in_it(string text, string set, string expected)
    {
        string file = folder.Write("c.json", text);
        Assert.StartsWith(
            expected.Replace("FILE", file, StringComparison.Ordinal),
            Assert.Throws<UsageException>(() => ConfigurationLoader.Load(file, [set])).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void All_faults_are_reported_together()
    {
        string file = folder.Write("c.json", """{ "seed": "x", "searching": { "epoch": 9 } }""");
        string message = Assert.Throws<UsageException>(() => ConfigurationLoader.Load(file, ["data:mirror=maybe"])).Message;
        Assert.StartsWith($"The configuration '{file}' has 3 faults:", message, StringComparison.Ordinal);
        Assert.Equal(4, message.Split('\n').Length);
    }

    [Fact]
    public void A_missing_file_and_broken_JSON_are_told()
    {
        // As PowerShell's > writes it, a table of NumPy's, and an editor's mark, which is read over.
        File.WriteAllText(folder["wide.json"], """{ "seed": 3 }""", System.Text.Encoding.Unicode);
        Assert.Contains(
            "wide.json is text in UTF-16 or UTF-32, and only UTF-8 is read",
            Refusal(folder["wide.json"]),
            StringComparison.Ordinal
        );
        File.WriteAllBytes(folder["t.npy"], [0x93, .. "NUMPY"u8]);
        Assert.Contains(
            "t.npy is a NumPy file (.npy), and a JSON configuration was expected",
            Refusal(folder["t.npy"]),
            StringComparison.Ordinal
        );
        File.WriteAllText(folder["marked.json"], """{ "seed": 3 }""", System.Text.Encoding.UTF8);
        Assert.Equal(3, ConfigurationLoader.Load(folder["marked.json"]).Seed);
        Assert.Contains("There is no configuration file", Refusal(folder["none.json"]), StringComparison.Ordinal);
        Assert.Contains("is not valid JSON", Refusal(folder.Write("c.json", "{ \"seed\": ")), StringComparison.Ordinal);
        Assert.Contains("half of a surrogate pair", Refusal(folder.Write("half.json", """{ "\ud800": 1 }""")), StringComparison.Ordinal);
        Assert.Contains(
            "is not valid JSON: 's' is an invalid start of a property name. Expected a '\"', in line 2, column 1.",
            Refusal(folder.Write("bare.json", "{\nseed: 3 }")),
            StringComparison.Ordinal
        );
        Assert.Contains("is not valid JSON", Refusal(folder.Write("list.json", "[1, 2]")), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_saved_loads_to_the_same_values() =>
        Gen.Select(Gen.Int, Gen.Double[1e-9, 1], Gen.Bool, Gen.Int[0, 1000])
            .Sample(
                (seed, rate, mirror, epochs) =>
                {
                    var options = new FasterSegOptions { Seed = seed };
                    options.Searching.LearningRate = rate;
                    options.Searching.Epochs = epochs;
                    options.Searching.Target = "20.5-24 ms";
                    options.Data.Mirror = mirror;
                    options.Searching.Derivation = mirror ? DerivationRule.Released : DerivationRule.Corrected;
                    options.Searching.LatencyWidths = mirror ? LatencyWidths.Expectation : LatencyWidths.Sampled;
                    options.Measuring.QuietSeconds = mirror ? rate : null;
                    options.Measuring.Networks = mirror ? false : null;
                    ConfigurationLoader.Save(options, folder["saved.json"]);
                    Assert.Equal(
                        JsonSerializer.Serialize(options),
                        JsonSerializer.Serialize(ConfigurationLoader.Load(folder["saved.json"]))
                    );
                },
                iter: 50,
                threads: 1
            );

    [Fact]
    public void A_choice_is_written_as_its_word()
    {
        var options = new FasterSegOptions { Searching = { Controller = WeightRule.Proportional, LatencyTerms = LatencyTerms.Joint } };
        ConfigurationLoader.Save(options, folder["words.json"]);
        string saved = File.ReadAllText(folder["words.json"]);
        foreach (
            string line in new[]
            {
                "\"latencyTerms\": \"joint\"",
                "\"controller\": \"proportional\"",
                "\"latencyWidths\": \"expectation\"",
                "\"derivation\": \"corrected\"",
            }
        )
            Assert.Contains(line, saved, StringComparison.Ordinal);
    }

    private static string Refusal(string file) => Assert.Throws<UsageException>(() => ConfigurationLoader.Load(file)).Message;
}
