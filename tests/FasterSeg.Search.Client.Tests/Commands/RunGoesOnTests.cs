using System.Net;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Client.Commands;
using FasterSeg.Search.Configuration;
using Spectre.Console.Testing;
using Xunit;

namespace FasterSeg.Search.Client.Tests.Commands;

/// <summary>Searches and trainings that fail, are interrupted or go on otherwise than they began.</summary>
public sealed class RunGoesOnTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly FasterSegOptions options = TinySearch.Options();
    private readonly LatencyTable table;

    public RunGoesOnTests()
    {
        options.Pretrain.Epochs = options.Searching.Epochs = options.Training.Epochs = 1;
        options.Searching.ValidationImages = 1;
        ConfigurationLoader.Save(options, folder["c.json"]);
        table = TinySpace.Table(options.Space.ToSpace());
        LatencyTableJson.Save(table, folder["t.json"]);
    }

    private string Run => folder["my run"];

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_student_trains_longer_than_its_teacher_which_was_shortened_and_a_random_one_too()
    {
        await DoneAsync(Search("--set", "training:epochs=3"));
        string next = await DoneAsync(Train("teacher", "--set", "training:epochs=1"));
        Assert.Contains($"'fasterseg eval --run \"{Run}\" --role teacher --data synthetic'", next, StringComparison.Ordinal);
        await DoneAsync(Train("student", "--set", "training:epochs=2"));

        await DoneAsync("random", "--like", Run, "--out", folder["random"], "--tolerance", "0.5");
        await DoneAsync("train", "--run", folder["random"], "--role", "student", "--data", "synthetic", "--set", "training:epochs=1");

        // A teacher that shall train on has not come to its end, whatever its student asks for.
        string settings = Path.Combine(folder["random"], "teacher-config.json");
        options.Training.Epochs = 2;
        ConfigurationLoader.Save(options, settings);
        File.Delete(Path.Combine(folder["random"], "student.checkpoint"));
        var (code, _, error) = await Shell.RunAsync(
            "train",
            "--run",
            folder["random"],
            "--role",
            "student",
            "--data",
            "synthetic",
            "--set",
            "training:epochs=1"
        );
        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains("The teacher has 1 of 2 epochs of training behind it", error, StringComparison.Ordinal);
        Assert.Contains(
            $"'fasterseg train --run {folder["random"]} --role teacher --data synthetic --resume'",
            error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Other_images_than_a_run_began_with_are_refused_and_an_older_run_gains_its_note()
    {
        await DoneAsync(Search());
        string[] other = ["--set", "data:syntheticImages=8"],
            resume = ["search", "--out", Run, "--data", "synthetic", "--resume"];
        var (code, _, error) = await Shell.RunAsync([.. resume, .. other]);
        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains(
            "began with synthetic street scenes (6 training and 1 validation images, 10 classes), and synthetic is synthetic street "
                + "scenes (8 training and 2 validation images, 10 classes)",
            error,
            StringComparison.Ordinal
        );
        // A run of an older build.
        string note = Path.Combine(Run, "images.json");
        File.Delete(note);
        await DoneAsync(resume);
        Assert.True(File.Exists(note));

        await DoneAsync(Train("teacher"));
        Assert.Contains(
            "The training of the teacher in",
            (await Shell.RunAsync(Train("teacher", ["--resume", .. other]))).Error,
            StringComparison.Ordinal
        );
        await DoneAsync(Train("teacher", "--resume"));
    }

    [Fact]
    public async Task A_search_that_fails_at_its_start_leaves_no_run_and_the_corrected_command_works()
    {
        // The search cannot make its folder for TensorBoard there.
        Directory.CreateDirectory(Run);
        string mine = Path.Combine(Run, "tensorboard");
        File.WriteAllText(mine, "mine");
        var (code, _, error) = await Shell.RunAsync(Search());
        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains("tensorboard", error, StringComparison.Ordinal);
        Assert.Equal([mine], Directory.EnumerateFileSystemEntries(Run));
        File.Delete(mine);
        await DoneAsync(Search());
    }

    [Fact]
    public async Task A_target_that_no_network_reaches_is_refused_at_the_start()
    {
        var (low, high) = ReachableLatencies.Of(options.Space.ToSpace(), table);
        var (code, _, error) = await Shell.RunAsync(Search("--set", "searching:target=500-1000 ms"));
        Assert.Equal(ExitCodes.WrongUsage, code);
        Assert.Contains($"take {new LatencyTarget(low, high)}. Set searching:target", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Run));
    }

    [Fact]
    public async Task A_student_outside_of_its_band_is_told_by_command_last_line_and_report()
    {
        // The cheapest network of all, which a search of a few steps does not come to.
        double low = ReachableLatencies.Of(options.Space.ToSpace(), table).LowMs;
        string output = await DoneAsync(
            Search("--set", FormattableString.Invariant($"searching:target={0.9 * low:F9}-{1.0001 * low:F9} ms"))
        );
        Assert.Contains("The student lies outside of its target band: estimate ", output, StringComparison.Ordinal);
        Assert.Contains("with a student outside of its target band; train", output.Trim().Split('\n')[^1], StringComparison.Ordinal);
        await DoneAsync("report", "--run", Run, "--out", folder["r.html"]);
        Assert.Contains(
            "The student is out of its band by the table's estimate: ",
            WebUtility.HtmlDecode(File.ReadAllText(folder["r.html"])),
            StringComparison.Ordinal
        );
        Assert.True(DerivedArchitectureJson.Load(Path.Combine(Run, "student.json")).Role == Role.Student);
    }

    [Fact]
    public async Task An_interruption_is_answered_at_once_and_ends_with_the_command_that_goes_on()
    {
        using var console = new TestConsole();
        console.Profile.Width = 160;
        using var error = new StringWriter();
        using var interruption = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Task<int> search = CommandLine.RunAsync(Search("--set", "searching:epochs=1000"), console, error, interruption.Token);
        while (!File.Exists(Path.Combine(Run, "search.checkpoint")) && !search.IsCompleted)
            await Task.Delay(20, TestContext.Current.CancellationToken);
        Assert.False(search.IsCompleted, error.ToString());
        interruption.Cancel();
        // The answer is there before the step has come to its end.
        Assert.Contains("Saving at the end of this step; press again to stop at once.", console.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Interrupted, await search);
        Assert.Equal($"Interrupted. Go on with: fasterseg search --resume --data synthetic --out \"{Run}\"", error.ToString().Trim());
        await DoneAsync("search", "--resume", "--data", "synthetic", "--out", Run, "--set", "searching:epochs=1");
    }

    private string[] Search(params string[] more) =>
        ["search", "--config", folder["c.json"], "--data", "synthetic", "--lut", folder["t.json"], "--out", Run, .. more];

    private string[] Train(string role, params string[] more) => ["train", "--run", Run, "--role", role, "--data", "synthetic", .. more];

    private static async Task<string> DoneAsync(params string[] arguments)
    {
        var (code, output, error) = await Shell.RunAsync(width: 400, arguments);
        Assert.True(code == ExitCodes.Done, output + error);
        return output;
    }
}
