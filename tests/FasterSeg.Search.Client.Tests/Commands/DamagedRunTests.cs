using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Checking;
using FasterSeg.Search.Client.Commands;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.Networks;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Training;
using TorchSharp;
using Xunit;

namespace FasterSeg.Search.Client.Tests.Commands;

/// <summary>Every command that reads a file of a run, with that file damaged in every way: one sentence that names it, and exit code
/// 2.</summary>
public sealed class DamagedRunTests : IDisposable
{
    private static readonly SearchSpace Space = TinySearch.Options().Space.ToSpace();

    private const string Another = """{ "a": [1] }""";

    // What an editor, a full disk or a script leaves behind; null is the file's first half.
    private static readonly string?[] Damages = ["[]", "null", "", "{", "\"word\"", Another, null];

    private readonly TemporaryFolder folder = new();
    private readonly RunFolder run;

    public DamagedRunTests()
    {
        run = RunFolder.Open(new MadeRuns(folder).Write("run", supernet: 0.5, right: 60, teacher: true));
        FasterSegOptions options = TinySearch.Options();
        ConfigurationLoader.Save(options, folder["c.json"]);
        LatencyTable table = TinySpace.Table(Space);
        LatencyTableJson.Save(table, folder["t.json"]);
        TinyParameters.Write(folder, "run/parameters.json", Space, seed: 3, [Role.Student]);
        TinyParameters.Write(folder, "teacher-parameters.json", Space, seed: 3, [Role.Teacher]);
        SegmentationDataset data = TinySearch.Data(options);
        RunImages.Keep(run, "student", data);
        ClassList.Of(data).Save(run.Classes);
        ConfigurationLoader.Save(options, run.TrainingConfiguration(Role.Student));
        RunJson.Save(run.Shortened(Role.Student), new ShortenedTraining(1, 2));
        RunJson.Save(run.RandomDraw, new { Seed = 1 });
        var plan = NetworkPlan.Of(MadeRuns.Network(1), Space.Height, Space.Width);
        var spread = new LatencySpread(1, 0.1, 0.9, 1.1, 1, 1, 1, 1, 40);
        MeasuredNetwork
            .Of(plan, NetworkEstimate.Of(table, plan), table, new(1, spread, false, new Placement([]), 1, table.Identity))
            .Save(run);
        using var network = new DerivedNetwork(MadeRuns.Network(1), auxiliary: true);
        using var optimizer = torch.optim.SGD(network.parameters(), 0.1);
        new TrainingCheckpoint(run.TrainingCheckpoint(Role.Student)).Save(network, optimizer, new BatchPosition(2, 0));
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("config.json", "report", "compare", "random")]
    [InlineData("table.json", "export", "report", "compare", "random", "add")]
    [InlineData("student.json", "eval", "report", "compare", "random")]
    [InlineData("student.checkpoint", "train", "eval", "export")]
    [InlineData("student-config.json", "train", "eval", "export", "report", "compare")]
    [InlineData("student-shortened.json", "eval", "export", "report")]
    [InlineData("parameters.json", "derive", "add")]
    [InlineData("search.json", "derive", "add", "report", "compare")]
    [InlineData("measured.json", "export", "report", "compare")]
    [InlineData("eval-student-val.json", "report", "compare")]
    [InlineData("images.json", "train")]
    [InlineData("classes.json", "train", "eval", "export")]
    [InlineData("random.json", "compare")]
    public async Task A_damaged_file_of_a_run_is_named_in_one_sentence_by_every_command_that_reads_it(string name, params string[] commands)
    {
        byte[] sound = File.ReadAllBytes(run.In(name));
        // A network of the teacher would stand in the way of 'derive'.
        File.Delete(run.Architecture(Role.Teacher));
        foreach (string? damage in Damages)
        {
            if (damage is null)
                File.WriteAllBytes(run.In(name), sound[..(sound.Length / 2)]);
            else
                File.WriteAllText(run.In(name), damage);
            foreach (string command in commands)
            {
                // Parameters of the other role are added to what is there, whatever else that is.
                if (command == "add" && name == "parameters.json" && damage == Another)
                    continue;
                var (code, _, error) = await Shell.RunAsync(Line(command));
                string what = $"{command} with {name} of '{damage ?? "its first half"}': {code}: {error}";
                Assert.True(code == ExitCodes.WrongUsage, what);
                Assert.True(
                    error.StartsWith("error: ", StringComparison.Ordinal) && error.Contains(run.In(name), StringComparison.Ordinal),
                    what
                );
                Assert.True(error.Trim().Split('\n').Length == 1 && !error.Contains("System.", StringComparison.Ordinal), what);
            }
        }
        File.WriteAllBytes(run.In(name), sound);
        foreach (string command in commands.Where(command => command is not "train" and not "add"))
        {
            var (code, _, error) = await Shell.RunAsync(Line(command));
            Assert.True(code == ExitCodes.Done, $"{command} with all files sound: {error}");
        }
    }

    [Theory]
    [InlineData("eval")]
    [InlineData("export")]
    [InlineData("train")]
    public async Task A_checkpoint_of_another_network_than_the_runs_is_refused(string command)
    {
        using (var other = new DerivedNetwork(MadeRuns.Network(2), auxiliary: true))
        using (var optimizer = torch.optim.SGD(other.parameters(), 0.1))
            new TrainingCheckpoint(run.TrainingCheckpoint(Role.Student)).Save(other, optimizer, new BatchPosition(1, 0));
        var (code, _, error) = await Shell.RunAsync(Line(command));
        Assert.True(code != ExitCodes.Done, command);
        Assert.Contains(run.TrainingCheckpoint(Role.Student).Path, error, StringComparison.Ordinal);
        Assert.Contains("another network than", error, StringComparison.Ordinal);
        Assert.False(File.Exists(folder["n.onnx"]));
    }

    [Fact]
    public async Task A_checkpoint_with_other_bytes_anywhere_is_read_or_refused_in_one_sentence()
    {
        string path = run.TrainingCheckpoint(Role.Student).Path;
        byte[] sound = File.ReadAllBytes(path);
        for (int i = 0; i < 24; i++)
        {
            byte[] damaged = [.. sound];
            // Names and sizes lie near the beginning; the rest is weights.
            int at = i < 18 ? (i * 131) + 20 : (int)((long)i * sound.Length / 24);
            damaged[at] ^= (byte)(0x81 + i);
            File.WriteAllBytes(path, damaged);
            var (code, _, error) = await Shell.RunAsync(Line("export"));
            string what = $"byte {at}: {code}: {error}";
            // Weights that are other numbers are no damage that can be seen, and the export compares two programs on them.
            Assert.True(
                code is ExitCodes.Done or ExitCodes.WrongUsage || error.Contains("weights are spoiled", StringComparison.Ordinal),
                what
            );
            Assert.DoesNotContain("Unexpected failure", error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("train", "--run", "nope", "--role", "student", "--data", "synthetic")]
    [InlineData("eval", "--run", "nope", "--role", "student", "--data", "synthetic")]
    [InlineData("export", "--run", "nope", "--role", "student", "--onnx", "n.onnx")]
    [InlineData("report", "--run", "nope", "--out", "nope.html")]
    [InlineData("compare", "nope")]
    [InlineData("random", "--like", "nope", "--out", "other")]
    [InlineData("watch", "nope")]
    [InlineData("watch", "--runs", "nope")]
    [InlineData("search", "--resume", "--data", "synthetic", "--out", "nope")]
    [InlineData("derive", "--run", "nope", "--data", "synthetic", "--out", "other")]
    [InlineData("derive", "--parameters", "nope", "--config", "C", "--lut", "T", "--out", "other")]
    [InlineData("derive", "--parameters", "P", "--config", "nope", "--lut", "T", "--out", "other")]
    [InlineData("derive", "--parameters", "P", "--role", "teacher", "--config", "C", "--lut", "nope", "--out", "other")]
    [InlineData("search", "--config", "C", "--data", "synthetic", "--lut", "nope", "--out", "other")]
    [InlineData("search", "--config", "C", "--data", "folder:nope", "--lut", "T", "--out", "other")]
    [InlineData("data", "check", "--data", "camvid:nope")]
    [InlineData("profile", "--config", "nope", "--out", "other.json")]
    [InlineData("profile", "--config", "C", "--from", "nope", "--budget", "36", "--out", "other.json")]
    [InlineData("lut", "show", "nope")]
    [InlineData("lut", "show", "T", "--network", "nope")]
    [InlineData("lut", "diff", "T", "nope")]
    [InlineData("lut", "import", "nope", "--out", "other.json")]
    [InlineData("lut", "export", "nope", "--format", "authors", "--out", "other.json")]
    [InlineData("lut", "validate", "--lut", "nope")]
    [InlineData("measure", "--onnx", "nope")]
    [InlineData("predict", "--onnx", "nope", "--image", "I", "--out", "o.png")]
    [InlineData("predict", "--onnx", "T", "--image", "nope", "--out", "o.png")]
    public async Task What_a_command_line_names_and_is_not_there_is_wrong_usage_for_all_commands_alike(params string[] line)
    {
        string nope = folder["nope"];
        ImageFile.WritePng(folder["i.png"], new RgbImage(64, 64));
        string[] arguments =
        [
            .. line.Select(word =>
                word switch
                {
                    "C" => folder["c.json"],
                    "T" => folder["t.json"],
                    "P" => folder["teacher-parameters.json"],
                    "I" => folder["i.png"],
                    "other" or "other.json" or "o.png" => folder[word],
                    _ => word.Replace("nope", nope, StringComparison.Ordinal),
                }
            ),
        ];
        var (code, _, error) = await Shell.RunAsync(arguments);
        Assert.True(code == ExitCodes.WrongUsage, $"{code}: {error}");
        Assert.StartsWith("error: ", error, StringComparison.Ordinal);
        Assert.Contains(nope, error, StringComparison.Ordinal);
        Assert.False(Path.Exists(folder["other"]));
    }

    private string[] Line(string command) =>
        command switch
        {
            "train" => ["train", "--run", run.Path, "--role", "student", "--data", "synthetic", "--resume", "--set", NoTeacher],
            "eval" => ["eval", "--run", run.Path, "--role", "student", "--data", "synthetic"],
            "export" => ["export", "--run", run.Path, "--role", "student", "--onnx", folder["n.onnx"], "--overwrite"],
            "report" => ["report", "--run", run.Path, "--out", folder["r.html"], "--overwrite"],
            "compare" => ["compare", run.Path],
            "random" => ["random", "--like", run.Path, "--out", folder[$"random-{++made}"], "--tolerance", "0.5"],
            "derive" => [.. Words("derive --config C --lut T --out NEW --parameters"), run.Parameters],
            "add" => [.. Words("derive --role teacher --parameters TEACHER --out"), run.Path],
            _ => throw new ArgumentException(command),
        };

    private int made;

    private const string NoTeacher = "training:distillationWeight=0";

    private IEnumerable<string> Words(string line) =>
        line.Split(' ')
            .Select(word =>
                word switch
                {
                    "C" => folder["c.json"],
                    "T" => folder["t.json"],
                    "NEW" => folder[$"derived-{++made}"],
                    "TEACHER" => folder["teacher-parameters.json"],
                    _ => word,
                }
            );
}
