using FasterSeg.Latency.Tables;
using FasterSeg.Search.Client.Commands;
using FasterSeg.Search.Configuration;
using Xunit;

namespace FasterSeg.Search.Client.Tests.Commands;

/// <summary>What the commands of a sweep refuse, each in one sentence, before anything is run.</summary>
public sealed class SweepCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public SweepCommandTests()
    {
        ConfigurationLoader.Save(TinySearch.Options(), folder["c.json"]);
        LatencyTableJson.Save(TinySpace.Table(TinySearch.Options().Space.ToSpace()), folder["t.json"]);
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("""{ "configs": ["c.json"], "data": "synthetic" }""", "neither lut nor profiler is there")]
    [InlineData("""{ "configs": ["c.json"], "data": "synthetic", "lut": "t.json", "seed": 1 }""", "'seed' is unknown here")]
    [InlineData("""{ "configs": ["c.json"], "lut": "t.json" }""", "'data' is missing")]
    [InlineData("""{ "configs": ["c.json"]""", "it ends in the middle")]
    [InlineData("""{ "configs": [], "data": "synthetic", "lut": "t.json" }""", "configs is empty")]
    [InlineData("""{ "configs": ["c.json", "x/c.json"], "data": "synthetic", "lut": "t.json" }""", "two of configs have one name")]
    [InlineData("""{ "configs": ["gone.json"], "data": "synthetic", "lut": "t.json" }""", "There is no configuration file")]
    [InlineData("""{ "configs": ["c.json"], "data": "synthetic", "lut": "gone.json" }""", "there is no such file")]
    [InlineData("""{ "configs": ["c.json"], "data": "folder:gone", "lut": "t.json" }""", "does not exist")]
    [InlineData("""{ "configs": ["c.json"], "data": "synthetic", "lut": "t.json", "seeds": [1, 1] }""", "seeds has a number twice")]
    [InlineData("""{ "configs": ["c.json"], "data": "synthetic", "lut": "t.json", "retries": -1 }""", "retries is -1")]
    [InlineData("""{ "configs": ["c.json"], "data": "synthetic", "lut": "t.json", "stages": ["eval"] }""", "do not begin with 'search'")]
    [InlineData(
        """{ "configs": ["c.json"], "data": "synthetic", "lut": "t.json", "stages": ["search", "student", "teacher"] }""",
        "stages are not in the order"
    )]
    [InlineData(
        """{ "configs": ["c.json"], "data": "synthetic", "lut": "t.json", "stages": ["search", "student"] }""",
        "Chain c-seed1: The student learns from a teacher"
    )]
    [InlineData(
        """{ "configs": ["c.json"], "data": "synthetic", "lut": "t.json", "stages": ["search", "measure"] }""",
        "stages have 'measure', and nobody measures"
    )]
    [InlineData(
        """{ "configs": ["c.json"], "data": "synthetic", "lut": "t.json", "settings": { "a": ["searching:epoch=1"] } }""",
        "searching:epochs"
    )]
    [InlineData(
        """{ "configs": ["c.json"], "data": "synthetic", "lut": "t.json", "settings": { "a/b": [] } }""",
        "'a/b' cannot be part of a folder's name"
    )]
    [InlineData(
        """{ "configs": ["c.json"], "data": "synthetic", "lut": "t.json", "settings": { "a": ["seed=1"] } }""",
        "settings set the seed"
    )]
    [InlineData(
        """{ "configs": ["c.json"], "data": "synthetic", "lut": "t.json", "settings": { "random": [] }, "baselines": ["random"] }""",
        "'random' is the name of two"
    )]
    [InlineData(
        """{ "configs": ["c.json"], "data": "synthetic", "lut": "t.json", "settings": { "a": ["space:fch=8"] } }""",
        "Chain a-seed1: "
    )]
    [InlineData(
        """{ "configs": ["c.json"], "data": "synthetic", "lut": "t.json", "settings": { "a": ["searching:target=1-2 fps"] } }""",
        "Chain a-seed1: No student of the space lies in the target"
    )]
    [InlineData(
        """{ "configs": ["c.json"], "data": "synthetic", "lut": "t.json", "settings": { "a": ["space:classes=3"] } }""",
        "Chain a-seed1: "
    )]
    [InlineData(
        """{ "configs": ["c.json"], "data": "synthetic", "lut": "t.json", "settings": { "a": [], "a": ["threads=1"] } }""",
        "'settings.a' is there twice"
    )]
    [InlineData(
        """{ "configs": ["c.json"], "data": "synthetic", "lut": "t.json", "seeds": [1], "seeds": [2] }""",
        "'seeds' is there twice"
    )]
    [InlineData("""{ "configs": [null], "data": "synthetic", "lut": "t.json" }""", "one of configs is null")]
    [InlineData(
        """{ "configs": ["c.json"], "data": "synthetic", "lut": "t.json", "settings": { "a": [null] } }""",
        "one of settings is null"
    )]
    [InlineData("""{ "configs": ["c.json"], "data": "synthetic", "lut": "t.json", "seeds": null }""", "'seeds' is null")]
    [InlineData("""{ "configs": ["c.json"], "data": "camvid:\u0000x", "lut": "t.json" }""", "a character of code 0")]
    [InlineData(
        """{ "configs": ["c.json"], "data": "synthetic", "lut": "t.json", "profiler": "quatsch" }""",
        "profiler: 'quatsch' is no address"
    )]
    [InlineData(
        """{ "configs": ["c.json"], "data": "synthetic", "lut": "t.json", "settings": { "a": [], "b": [] } }""",
        "settings 'a' and 'b' have the same values"
    )]
    public async Task What_cannot_be_is_told_at_the_plan_and_nothing_is_written(string text, string fault)
    {
        var (code, _, error) = await Shell.RunAsync("sweep", "plan", "--config", folder.Write("s.json", text), "--out", folder["sweep"]);
        Assert.True(code is ExitCodes.WrongUsage or ExitCodes.Failed, error);
        Assert.StartsWith("error: ", error, StringComparison.Ordinal);
        Assert.Contains(fault, error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["sweep"]));
    }

    [Fact]
    public async Task A_table_of_another_space_is_wrong_usage()
    {
        string plan = folder.Write(
            "s.json",
            """{ "configs": ["c.json"], "data": "synthetic", "lut": "t.json", "settings": { "a": ["space:fch=8"] } }"""
        );
        await FailsAsync(ExitCodes.WrongUsage, "It was made for", "sweep", "plan", "--config", plan, "--out", folder["sweep"]);
        Assert.False(Directory.Exists(folder["sweep"]));
    }

    [Fact]
    public async Task A_plan_without_a_folder_shows_all_and_writes_nothing()
    {
        string[] before = folder.Names();
        string output = await DoneAsync("sweep", "plan", "--config", Written(), "--no-timing");
        Assert.Contains("joint-seed2", output, StringComparison.Ordinal);
        Assert.Contains("In all 4 chains of search, teacher, student, eval, export: ", output, StringComparison.Ordinal);
        Assert.Contains("note: threads is 0", output, StringComparison.Ordinal);
        Assert.Equal(before.Append("s.json").Order(), folder.Names().Order());
    }

    [Fact]
    public async Task A_planned_sweep_says_that_nothing_is_begun_and_refuses_what_does_not_fit()
    {
        await DoneAsync("sweep", "plan", "--config", Written(), "--out", folder["sweep"], "--no-timing");
        string status = await DoneAsync("sweep", "status", folder["sweep"]);
        Assert.Contains("0 of 4 chains are done.", status, StringComparison.Ordinal);
        Assert.Contains("\"is\": \"waiting\"", await DoneAsync("sweep", "status", folder["sweep"], "--json"), StringComparison.Ordinal);

        await FailsAsync(
            ExitCodes.Failed,
            "holds a sweep already",
            "sweep",
            "plan",
            "--config",
            folder["s.json"],
            "--out",
            folder["sweep"]
        );
        await FailsAsync(ExitCodes.Failed, "holds a sweep already", "sweep", "run", folder["sweep"], "--config", folder["s.json"]);
        await FailsAsync(ExitCodes.Failed, "No chain of ", "sweep", "compare", folder["sweep"]);
        await FailsAsync(ExitCodes.WrongUsage, "is not named as a page is", "sweep", "report", folder["sweep"], "--out", folder["p.png"]);
        await FailsAsync(ExitCodes.Failed, "No chain of ", "sweep", "report", folder["sweep"], "--out", folder["p.html"]);
        await FailsAsync(ExitCodes.WrongUsage, "--index is 4, and the sweep has 4", "sweep", "work", folder["sweep"], "--index", "4");
        await FailsAsync(ExitCodes.WrongUsage, "--index is empty: give it a value.", "sweep", "work", folder["sweep"], "--index", "");
        await FailsAsync(ExitCodes.WrongUsage, "SWEEP is empty: give it a value.", "sweep", "submit", "", "--slurm");
        Directory.CreateDirectory(folder["sweep/logs"]);
        string kept = folder.Write("sweep/logs/said.json", "{}");
        await FailsAsync(ExitCodes.WrongUsage, "said.json", "sweep", "compare", folder["sweep"], "--out", kept, "--overwrite");
        await FailsAsync(ExitCodes.WrongUsage, "--workers is 0", "sweep", "run", folder["sweep"], "--workers", "0");
        await FailsAsync(ExitCodes.WrongUsage, "--gpus is '0;1'", "sweep", "run", folder["sweep"], "--gpus", "0;1");
        await FailsAsync(ExitCodes.WrongUsage, "--workers and --gpus", "sweep", "run", folder["sweep"], "--gpus", "0", "--workers", "1");
        await FailsAsync(ExitCodes.WrongUsage, "holds no sweep", "sweep", "status", folder["gone"]);
        File.WriteAllText(folder["sweep/sweep.json"], "{");
        foreach (string verb in new[] { "run", "status", "compare" })
            await FailsAsync(ExitCodes.WrongUsage, "is not as 'fasterseg sweep plan' writes it", "sweep", verb, folder["sweep"]);
    }

    [Fact]
    public async Task What_this_machine_lacks_fails_no_chain()
    {
        WriteImages(folder["images"]);
        string written = folder.Write(
            "s.json",
            """{ "configs": ["c.json"], "data": "folder:images", "lut": "t.json", "seeds": [1], "stages": ["search"] }"""
        );
        string[] run = ["sweep", "run", folder["sweep"]],
            work = ["sweep", "work", folder["sweep"], "--index", "0"];
        await DoneAsync("sweep", "plan", "--config", written, "--out", folder["sweep"], "--no-timing");
        Directory.Move(folder["images"], folder["moved"]);
        await FailsAsync(ExitCodes.WrongUsage, "images' does not exist", run);
        await FailsAsync(ExitCodes.WrongUsage, "images' does not exist", work);
        Directory.Move(folder["moved"], folder["images"]);
        // No machine has so many.
        await FailsAsync(ExitCodes.Failed, "--gpus cuda:99: ", [.. run, "--gpus", "99"]);
        await FailsAsync(ExitCodes.Failed, "--device cuda:99: ", [.. work, "--device", "cuda:99"]);
        await FailsAsync(ExitCodes.WrongUsage, "--device gpu is not known", [.. work, "--device", "gpu"]);
        await FailsAsync(
            ExitCodes.WrongUsage,
            "--device gpu is not known",
            "sweep",
            "submit",
            folder["sweep"],
            "--slurm",
            "--device",
            "gpu"
        );
        Assert.Contains("0 of 1 chains are done.", await DoneAsync("sweep", "status", folder["sweep"]), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder["sweep"], "*seed1.json", SearchOption.AllDirectories));
    }

    [Fact]
    public void A_GPU_each_is_named_as_torch_names_it() =>
        Assert.Equal(["cuda:0", "cuda:3"], SweepRunCommand.Devices(workers: null, "0, 3"));

    /// <summary>A data set as far as its lists go: nobody looks at the pictures.</summary>
    private static void WriteImages(string path)
    {
        foreach (string place in new[] { "images/train", "images/val", "masks/train", "masks/val" })
        {
            string images = Directory.CreateDirectory(Path.Combine(path, place)).FullName;
            foreach (string name in new[] { "a.png", "b.png" })
                File.WriteAllBytes(Path.Combine(images, name), TestPng.OfGrey(64, 64, 0));
        }
        IEnumerable<string> classes = Enumerable
            .Range(0, TinySearch.Options().Space.Classes)
            .Select(i => FormattableString.Invariant($$"""{ "name": "c{{i}}", "color": [{{i}}, 0, 0] }"""));
        File.WriteAllText(Path.Combine(path, "classes.json"), $$"""{ "classes": [{{string.Join(", ", classes)}}] }""");
    }

    private string Written() =>
        folder.Write(
            "s.json",
            """
            { "configs": ["c.json"], "data": "synthetic", "lut": "t.json", "seeds": [1, 2],
              "settings": { "plain": [], "joint": ["searching:latencyTerms=joint"] } }
            """
        );

    private static async Task<string> DoneAsync(params string[] arguments)
    {
        var (code, output, error) = await Shell.RunAsync(arguments);
        Assert.True(code == ExitCodes.Done, error);
        return output;
    }

    private static async Task FailsAsync(int expected, string sentence, params string[] arguments)
    {
        var (code, _, error) = await Shell.RunAsync(arguments);
        Assert.Equal(expected, code);
        Assert.Contains(sentence, error, StringComparison.Ordinal);
    }
}
