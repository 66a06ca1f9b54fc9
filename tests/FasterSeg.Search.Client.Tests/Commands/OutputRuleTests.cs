using FasterSeg.Latency.Tables;
using FasterSeg.Search.Client.Commands;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using Xunit;

namespace FasterSeg.Search.Client.Tests.Commands;

/// <summary>Every command that writes a file which the user named: never over what it reads, and over what is there only with
/// --overwrite.</summary>
public sealed class OutputRuleTests : IDisposable
{
    // {0} is the output. The run has no checkpoint and nobody listens at the profiler's address: what is refused is refused before it would
    // matter.
    private const string Profile = "profile --config c.json --profiler http://127.0.0.1:1 --budget 36 --from t.json --out {0}";
    private const string Import = "lut import flat.json --out {0}";
    private const string Export = "lut export t.json --format canonical --out {0}";
    private const string Onnx = "export --run run --role student --onnx {0}";
    private const string Compare = "compare run run --out {0}";
    private const string Report = "report --run run --out {0}";

    private readonly TemporaryFolder folder = new();

    public OutputRuleTests()
    {
        ConfigurationLoader.Save(TinySearch.Options(), folder["c.json"]);
        ConfigurationLoader.Save(TinySearch.Options(), folder["run/config.json"]);
        folder.Write("run/student.checkpoint", "weights");
        LatencyTableJson.Save(TestTables.Small, folder["t.json"]);
        folder.Write("flat.json", """{ "ff_H8_W16_C24": 0.25 }""");
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(Profile)]
    [InlineData(Import)]
    [InlineData(Export)]
    [InlineData(Onnx)]
    [InlineData(Compare)]
    [InlineData(Report)]
    public async Task A_file_that_is_there_is_kept(string command)
    {
        string mine = folder.Write("mine.json", "mine");
        var (code, output, error) = await RunAsync(command, "mine.json");
        Assert.Equal((ExitCodes.Failed, ""), (code, output));
        Assert.Contains($"{mine} is there already: name another file with --o", error, StringComparison.Ordinal);
        Assert.Contains("or replace it with --overwrite.", error, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(mine));
    }

    [Fact]
    public async Task A_quickstart_refuses_a_file_of_its_front_before_it_measures()
    {
        Directory.CreateDirectory(folder["mine/front"]);
        string mine = folder.Write("mine/front/front-1.json", "mine");
        var (code, output, error) = await RunAsync("quickstart --out mine", "");
        Assert.Equal((ExitCodes.Failed, ""), (code, output));
        Assert.Contains($"{mine} is there already", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Profile, "c.json")]
    [InlineData(Profile, "t.json")]
    [InlineData(Import, "flat.json")]
    [InlineData(Export, "t.json")]
    [InlineData(Onnx, "run/student.checkpoint")]
    [InlineData(Onnx, "run/config.json")]
    [InlineData(Compare, "run/config.json")]
    [InlineData(Report, "run/config.json")]
    public async Task An_input_is_kept_even_where_outputs_may_be_replaced(string command, string input)
    {
        string before = File.ReadAllText(folder[input]);
        var (code, output, error) = await RunAsync(command + " --overwrite", input);
        Assert.Equal((ExitCodes.WrongUsage, ""), (code, output));
        Assert.Contains($"{folder[input]} would be written over an input of this command", error, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(folder[input]));
    }

    [Theory]
    [InlineData(Import, "old.json")]
    [InlineData(Export, "old.json")]
    [InlineData(Report, "old.html")]
    public async Task A_file_that_is_there_is_replaced_where_the_user_says_so(string command, string name)
    {
        string old = folder.Write(name, "old");
        var (code, _, error) = await RunAsync(command + " --overwrite", name);
        Assert.Equal((ExitCodes.Done, ""), (code, error));
        Assert.True(new FileInfo(old).Length > 3);
    }

    [Fact]
    public async Task A_page_is_not_written_into_a_file_of_another_kind()
    {
        string picture = folder.Write("old.png", "old");
        var (code, _, error) = await RunAsync(Report + " --overwrite", "old.png");
        Assert.Equal(ExitCodes.WrongUsage, code);
        Assert.Contains("old.png' is not named as a page is", error, StringComparison.Ordinal);
        Assert.Equal("old", await File.ReadAllTextAsync(picture, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("search --config c.json --data synthetic --lut t.json --out mine", "table.json")]
    [InlineData("random --like run --out mine", "student.json")]
    [InlineData("derive --parameters flat.json --config c.json --lut t.json --out mine", "search.json")]
    [InlineData("search --config c.json --data synthetic --lut t.json --out mine", "student-operators.png")]
    [InlineData("search --config c.json --data synthetic --lut t.json --out mine", "data.json")]
    // Scores of a search that is gone must not be taken for this one's.
    [InlineData("search --config c.json --data synthetic --lut t.json --out mine", "scores.jsonl")]
    [InlineData("search --config c.json --data synthetic --lut t.json --out mine", "adapted.jsonl")]
    [InlineData("search --config c.json --data synthetic --lut t.json --out mine", "halving-200.jsonl")]
    [InlineData("derive --run run --data synthetic --out mine", "start.checkpoint")]
    [InlineData("derive --run run --data synthetic --front 3 --out mine", "front.png")]
    [InlineData("derive --run run --data synthetic --front 3 --out mine", "front-3.json")]
    [InlineData("quickstart --out mine", "parameters.json")]
    [InlineData("quickstart --out mine", "report.html")]
    [InlineData("quickstart --out mine", "prediction.png")]
    public async Task A_run_is_not_made_where_it_would_replace_a_file(string command, string file)
    {
        Directory.CreateDirectory(folder["mine"]);
        string mine = folder.Write("mine/" + file, "mine");
        var (code, _, error) = await RunAsync(command, "");
        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains($"{mine} is there already, and a run in {folder["mine"]} would replace it", error, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(mine));
    }

    [Theory]
    [InlineData("search --config c.json --data synthetic --lut t.json --out mine")]
    [InlineData("random --like run --out mine")]
    [InlineData("derive --parameters flat.json --config c.json --lut t.json --out mine")]
    [InlineData("quickstart --out mine")]
    public async Task A_run_is_not_made_among_images_and_labels(string command)
    {
        Directory.CreateDirectory(folder["mine/images/train"]);
        Directory.CreateDirectory(folder["mine/masks/train"]);
        var (code, _, error) = await RunAsync(command, "");
        Assert.Equal(ExitCodes.WrongUsage, code);
        Assert.Contains(
            $"{folder["mine"]} is a folder of images and labels, and a run would lie among them",
            error,
            StringComparison.Ordinal
        );
        var below = await Shell.RunAsync(TinyCommand.Search(folder, folder["mine/images/train"]));
        Assert.Contains($"is in the images and labels of {folder["mine"]}", below.Error, StringComparison.Ordinal);
        Assert.Null(DatasetLocator.FolderAround(folder["mine/run"]));
        Assert.Equal(["images", "masks"], Directory.GetFileSystemEntries(folder["mine"]).Select(Path.GetFileName).Order());
    }

    /// <summary>Words that name a file or folder here are taken as such.</summary>
    private Task<(int Code, string Output, string Error)> RunAsync(string command, string output) =>
        Shell.RunAsync([
            .. command
                .Split(' ')
                .Select(word =>
                    word == "{0}" ? folder[output]
                    : word is "run" or "mine" || word.EndsWith(".json", StringComparison.Ordinal) ? folder[word]
                    : word
                ),
        ]);
}
