using FasterSeg.Latency.Tables;
using FasterSeg.Search.Client.Commands;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Runs;
using Xunit;

namespace FasterSeg.Search.Client.Tests.Commands;

/// <summary>What may lie where a quickstart has its front.</summary>
public sealed class QuickstartFrontTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public QuickstartFrontTests()
    {
        FasterSegOptions options = TinySearch.Options();
        options.Searching.Method = SearchMethod.Oneshot;
        Directory.CreateDirectory(Run);
        ConfigurationLoader.Save(options, Path.Combine(Run, "config.json"));
        LatencyTableJson.Save(TinySpace.Table(options.Space.ToSpace()), Path.Combine(Run, "table.json"));
    }

    private string Run => folder["run"];

    private string Front => Path.Combine(Run, "front");

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("holds another run, and the front of", "config.json", "student.json", "student.checkpoint", "notes.txt")]
    [InlineData("notes.txt is no file of a front", "config.json", "table.json", "notes.txt")]
    [InlineData("front.png is there already", "front.png")]
    public async Task What_somebody_put_there_is_told_at_the_start_and_stays(string expected, params string[] files)
    {
        Write(files);
        var (code, output, error) = await Shell.RunAsync(width: 500, ["quickstart", "--resume", "--out", Run]);
        Assert.Equal((ExitCodes.Failed, ""), (code, output));
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.Equal(files.Order(), Directory.EnumerateFiles(Front).Select(Path.GetFileName).Order()!);
    }

    [Theory]
    [InlineData("--resume")]
    [InlineData("--set", "seed=1")]
    public async Task A_file_in_its_place_is_told_at_the_start(params string[] more)
    {
        string run = more[0] == "--resume" ? Run : folder["new"];
        Directory.CreateDirectory(run);
        File.WriteAllText(Path.Combine(run, "front"), "mine");
        var (code, output, error) = await Shell.RunAsync(width: 500, ["quickstart", "--out", run, .. more]);
        Assert.Equal((ExitCodes.Failed, ""), (code, output));
        Assert.Contains("is a file, and a run would have its folder there", error, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(Path.Combine(run, "front")));
    }

    [Fact]
    public void One_that_a_kill_has_cut_off_goes_and_one_that_is_whole_stays()
    {
        string[] begun = ["config.json", "table.json", "classes.json", "run.lock", "run.lock.owner", "front-1.json", "front.png.abc.new"];
        Write(begun);
        var run = RunFolder.Open(Run);
        QuickstartFront.Require(Run, run);
        QuickstartFront.Clear(run);
        Assert.False(Directory.Exists(Front));

        string[] whole = [.. begun, "front.json", "notes.txt"];
        Write(whole);
        QuickstartFront.Require(Run, run);
        QuickstartFront.Clear(run);
        Assert.Equal(whole.Order(), Directory.EnumerateFiles(Front).Select(Path.GetFileName).Order()!);
    }

    private void Write(IEnumerable<string> files)
    {
        Directory.CreateDirectory(Front);
        foreach (string file in files)
            File.WriteAllText(Path.Combine(Front, file), "");
    }
}
