using System.Net;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Search.Client.Commands;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Training;
using Spectre.Console.Testing;
using Xunit;

namespace FasterSeg.Search.Client.Tests.Commands;

/// <summary>Searches and trainings that fail, are interrupted or go on.</summary>
public sealed class RunGoesOnTests : TinyRunTests
{
    [Fact]
    public async Task A_student_trains_longer_than_its_teacher_which_was_shortened_and_a_random_one_too()
    {
        await DoneAsync(Search("--set", "training:epochs=3"));
        string next = await DoneAsync(Train("teacher", "--set", "training:epochs=1"));
        Assert.Contains($"\n  fasterseg eval --run \"{Run}\" --role teacher --data synthetic\n", next, StringComparison.Ordinal);
        Assert.DoesNotContain("begun with", next, StringComparison.Ordinal);
        await DoneAsync(Train("student", "--set", "training:epochs=2"));

        Assert.EndsWith(
            $"The run is in {Folder["random"]}; train its student:\n"
                + $"  fasterseg train --run {Folder["random"]} --role student --data KIND:DIR\n",
            await DoneAsync("random", "--like", Run, "--out", Folder["random"], "--tolerance", "0.5"),
            StringComparison.Ordinal
        );
        await DoneAsync("train", "--run", Folder["random"], "--role", "student", "--data", "synthetic", "--set", "training:epochs=1");

        // A teacher that shall train on has not come to its end, whatever its student asks for.
        string settings = Path.Combine(Folder["random"], "teacher-config.json");
        Options.Training.Epochs = 2;
        ConfigurationLoader.Save(Options, settings);
        File.Delete(Path.Combine(Folder["random"], "student.checkpoint"));
        var (code, _, error) = await Shell.RunAsync(
            "train",
            "--run",
            Folder["random"],
            "--role",
            "student",
            "--data",
            "synthetic",
            "--set",
            "training:epochs=1"
        );
        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains("The teacher has 1 of 2 epochs of training behind it", error, StringComparison.Ordinal);
        Assert.EndsWith(
            $"\n  fasterseg train --run {Folder["random"]} --role teacher --data synthetic --resume\n",
            error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_training_that_is_cut_short_is_told_by_all_who_use_it_until_it_has_its_old_length()
    {
        await DoneAsync(Search("--set", "training:epochs=3"));
        using (var interruption = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken))
        {
            using var console = new TestConsole();
            using var error = new StringWriter();
            Task<int> training = CommandLine.RunAsync(
                Train("teacher", "--set", "training:epochs=1000"),
                console,
                error,
                interruption.Token
            );
            while (!File.Exists(Path.Combine(Run, "teacher.checkpoint")) && !training.IsCompleted)
                await Task.Delay(20, TestContext.Current.CancellationToken);
            interruption.Cancel();
            Assert.Equal(ExitCodes.Interrupted, await training);
        }
        Assert.Matches(
            @"not finished: \d+ of 1000 epochs are behind it",
            await DoneAsync("eval", "--run", Run, "--role", "teacher", "--data", "synthetic")
        );
        Assert.Matches(
            "not finished: it is to have 1000",
            await DoneAsync("export", "--run", Run, "--role", "teacher", "--onnx", Folder["u.onnx"])
        );
        Assert.Matches(
            @"my run: the training of its teacher is not finished, \d+ of 1000 epochs are behind it\.",
            await DoneAsync("compare", Run)
        );
        await DoneAsync("report", "--run", Run, "--out", Folder["u.html"]);
        Assert.Matches(@"Its training is not finished: \d+ of 1000 epochs", File.ReadAllText(Folder["u.html"]));

        string shortened = await DoneAsync(Train("teacher", "--resume", "--set", "training:epochs=1")),
            again = await DoneAsync(Train("teacher", "--resume"));
        const string Told = @"is trained for \d+ of the 1000 epochs that it was begun with";
        Assert.Matches($"The teacher {Told}; see how well:", shortened);
        Assert.Matches($"The teacher {Told}; see how well:", again);

        Assert.Matches($"The teacher {Told}; the student learns", await DoneAsync(Train("student", "--set", "training:epochs=1")));
        Assert.Matches($"The teacher {Told}", await DoneAsync("eval", "--run", Run, "--role", "teacher", "--data", "synthetic"));
        Assert.Matches(
            @"\d+ epochs? of training, of 1000 that it was begun with",
            await DoneAsync("export", "--run", Run, "--role", "teacher", "--onnx", Folder["t.onnx"])
        );
        await DoneAsync("report", "--run", Run, "--out", Folder["r.html"]);
        Assert.Matches(@"Its training was cut short: \d+ of the 1000 epochs", File.ReadAllText(Folder["r.html"]));
        await DoneAsync("random", "--like", Run, "--out", Folder["random"], "--tolerance", "0.5");
        Assert.True(File.Exists(Path.Combine(Folder["random"], "teacher-shortened.json")));

        // One that was begun anew, and one that goes on as long as it was to.
        Assert.False(File.Exists(Path.Combine(Run, "student-shortened.json")));
        File.WriteAllText(Path.Combine(Run, "teacher-shortened.json"), """{ "epochs": 1, "of": 2 }""");
        int done = new TrainingCheckpoint(RunFolder.Open(Run).TrainingCheckpoint(Role.Teacher)).Epochs();
        string whole = await DoneAsync(Train("teacher", "--resume", "--set", $"training:epochs={Math.Max(2, done)}"));
        Assert.Contains("The teacher is trained; see how well:", whole, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("differentiable")]
    [InlineData("oneshot")]
    [InlineData("random")]
    public async Task One_training_image_is_refused_before_a_device_is_asked_to_measure(string method)
    {
        string[] sets = ["--set", "data:syntheticImages=1", "--set", $"searching:method={method}"];
        var (code, _, error) = await Shell.RunAsync([
            "search",
            "--config",
            Folder["c.json"],
            "--data",
            "synthetic",
            .. sets,
            "--profiler",
            "http://127.0.0.1:1",
            "--out",
            Run,
        ]);
        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains("needs at least 2 training images", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Run));
    }

    [Fact]
    public async Task Settings_of_a_training_that_has_come_to_its_end_change_nothing_and_that_is_said()
    {
        await DoneAsync(Search("--set", "training:epochs=2"));
        await DoneAsync(Train("teacher"));
        string kept = File.ReadAllText(Path.Combine(Run, "teacher-config.json")),
            ended = $"The training of the teacher in {Run} has come to its end before, after 2 epochs.";
        string output = await DoneAsync(Train("teacher", "--resume", "--set", "training:epochs=1", "--set", "training:learningRate=0.5"));
        Assert.Contains(ended + " Settings change nothing of it any more: ", output, StringComparison.Ordinal);
        Assert.Contains("training:epochs stays 2 and is not 1", output, StringComparison.Ordinal);
        Assert.Matches("training:learningRate stays [0-9.]+ and is not 0.5", output);
        Assert.Contains("Only a training:epochs above 2 lets it go on.", output, StringComparison.Ordinal);
        Assert.Contains("The teacher is trained; see how well:", output, StringComparison.Ordinal);
        Assert.Equal(kept, File.ReadAllText(Path.Combine(Run, "teacher-config.json")));
        Assert.False(File.Exists(Path.Combine(Run, "teacher-shortened.json")));

        output = await DoneAsync(Train("teacher", "--resume"));
        Assert.Contains(ended, output, StringComparison.Ordinal);
        Assert.DoesNotContain("Settings change nothing", output, StringComparison.Ordinal);

        output = await DoneAsync(Train("teacher", "--resume", "--set", "training:epochs=3"));
        Assert.DoesNotContain("come to its end before", output, StringComparison.Ordinal);
        Assert.Equal(3, new TrainingCheckpoint(RunFolder.Open(Run).TrainingCheckpoint(Role.Teacher)).Epochs());
    }

    [Fact]
    public async Task A_search_that_is_resumed_at_its_end_says_so_and_names_what_comes_next()
    {
        string first = await DoneAsync(Search());
        Assert.DoesNotContain("has come to its end before", first, StringComparison.Ordinal);
        string[] resume = ["search", "--out", Run, "--data", "synthetic", "--resume"];
        string again = await DoneAsync(resume);
        Assert.Contains($"The search in {Run} has come to its end before", again, StringComparison.Ordinal);
        Assert.Contains(
            $"train its networks, the teacher first:\n  fasterseg train --run \"{Run}\" --role teacher",
            again,
            StringComparison.Ordinal
        );
        await DoneAsync(Train("teacher"));
        Assert.Contains(
            $"train its student:\n  fasterseg train --run \"{Run}\" --role student",
            await DoneAsync(resume),
            StringComparison.Ordinal
        );
        await DoneAsync(Train("student"));
        Assert.Contains(
            $"see how well the student does:\n  fasterseg eval --run \"{Run}\" --role student --data synthetic\n",
            await DoneAsync(resume),
            StringComparison.Ordinal
        );
        // A longer one may find other networks.
        byte[] kept = File.ReadAllBytes(Path.Combine(Run, "search.checkpoint"));
        var (code, _, error) = await Shell.RunAsync([.. resume, "--set", "searching:epochs=2"]);
        Assert.Equal(ExitCodes.WrongUsage, code);
        Assert.Contains("may find others (searching:epochs): ", error.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Equal(kept, File.ReadAllBytes(Path.Combine(Run, "search.checkpoint")));
    }

    [Fact]
    public async Task A_command_that_is_suggested_stands_whole_on_a_line_of_its_own_however_narrow_the_console_is()
    {
        var (code, output, error) = await Shell.RunAsync(width: 30, Search());
        Assert.True(code == ExitCodes.Done, output + error);
        Assert.Contains($"\n  fasterseg train --run \"{Run}\" --role teacher --data synthetic\n", output, StringComparison.Ordinal);
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
    public async Task A_search_that_was_killed_before_its_configuration_was_there_is_given_once_more()
    {
        Directory.CreateDirectory(Run);
        foreach (string file in new[] { "run.begun", "run.lock", "table.json" })
            File.WriteAllText(Path.Combine(Run, file), "");
        var (code, _, error) = await Shell.RunAsync(width: 400, ["search", "--resume", "--data", "synthetic", "--out", Run]);
        Assert.Equal(ExitCodes.WrongUsage, code);
        Assert.Contains("give that command once more, without --resume", error, StringComparison.Ordinal);
        await DoneAsync(Search());
        Assert.False(File.Exists(Path.Combine(Run, "run.begun")));
        await DoneAsync("search", "--resume", "--data", "synthetic", "--out", Run);
    }

    [Fact]
    public async Task A_target_that_no_network_reaches_is_refused_at_the_start()
    {
        var (low, high) = ReachableLatencies.Of(Options.Space.ToSpace(), Table);
        var (code, _, error) = await Shell.RunAsync(Search("--set", "searching:target=500-1000 ms"));
        Assert.Equal(ExitCodes.WrongUsage, code);
        Assert.Contains($"take {new LatencyTarget(low, high)}. Set searching:target", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Run));
    }

    [Fact]
    public async Task A_student_outside_of_its_band_is_told_by_command_last_line_and_report()
    {
        // The cheapest network of all, which a search of a few steps does not come to.
        double low = ReachableLatencies.Of(Options.Space.ToSpace(), Table).LowMs;
        string output = await DoneAsync(
            Search("--set", FormattableString.Invariant($"searching:target={0.9 * low:F9}-{1.0001 * low:F9} ms"))
        );
        Assert.Contains("The student lies outside of its target band: estimate ", output, StringComparison.Ordinal);
        Assert.Contains("with a student outside of its target band; train", output.Trim().Split('\n')[^2], StringComparison.Ordinal);
        await DoneAsync("report", "--run", Run, "--out", Folder["r.html"]);
        Assert.Contains(
            "The student is out of its band by the table's estimate: ",
            WebUtility.HtmlDecode(File.ReadAllText(Folder["r.html"])),
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
        Assert.Equal($"Interrupted. Go on with:\n  fasterseg search --resume --data synthetic --out \"{Run}\"", error.ToString().Trim());
        await DoneAsync("search", "--resume", "--data", "synthetic", "--out", Run, "--set", "searching:epochs=1");
    }
}
