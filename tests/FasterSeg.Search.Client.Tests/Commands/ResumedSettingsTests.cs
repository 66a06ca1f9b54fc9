using FasterSeg.Search.Client.Commands;
using FasterSeg.Search.Runs;
using Xunit;

namespace FasterSeg.Search.Client.Tests.Commands;

/// <summary>What of a run may become other than it was when it goes on, and what is said of it.</summary>
public sealed class ResumedSettingsTests : TinyRunTests
{
    [Theory]
    [InlineData("space:layers=7", "and cannot become 7: its networks and checkpoints are of that")]
    [InlineData("searching:method=oneshot", "searching:method is differentiable and cannot become oneshot")]
    [InlineData("seed=5", "cannot become 5")]
    [InlineData("data:fit=pad", "data:fit is resize and cannot become pad")]
    [InlineData("data:syntheticWidth=96", "and cannot become 96")]
    public async Task What_a_run_is_made_of_stays_as_it_is(string set, string sentence)
    {
        await DoneAsync(Search());
        string[] before = [.. Directory.GetFiles(Run, "*.json").Select(File.ReadAllText)];
        foreach (string[] goesOn in new string[][] { ["search", "--out", Run, "--data", "synthetic", "--resume"], Train("teacher") })
        {
            // A training that begins may have a seed and images of its own, and no other space than its network.
            if (goesOn[0] == "train" && !set.StartsWith("space:", StringComparison.Ordinal))
                continue;
            var (code, _, error) = await Shell.RunAsync([.. goesOn, "--set", set]);
            Assert.Equal(ExitCodes.WrongUsage, code);
            Assert.Contains(sentence, error, StringComparison.Ordinal);
            Assert.Contains($"Leave --set {set.Split('=')[0]} out, or begin a new run in another folder.", error, StringComparison.Ordinal);
            Assert.Equal(before, Directory.GetFiles(Run, "*.json").Select(File.ReadAllText));
        }
    }

    [Theory]
    [InlineData("seed=5", "cannot become 5")]
    [InlineData("searching:method=differentiable", "searching:method is random and cannot become differentiable")]
    [InlineData("data:fit=pad", "data:fit is resize and cannot become pad")]
    public async Task A_search_without_a_checkpoint_stays_what_it_is_too(string set, string sentence)
    {
        await DoneAsync(Search("--set", "searching:method=random"));
        string[] before = [.. Directory.GetFiles(Run, "*.json").Order().Select(File.ReadAllText)];
        var (code, _, error) = await Shell.RunAsync("search", "--out", Run, "--data", "synthetic", "--resume", "--set", set);
        Assert.Equal(ExitCodes.WrongUsage, code);
        Assert.Contains(sentence, error, StringComparison.Ordinal);
        Assert.Equal(before, Directory.GetFiles(Run, "*.json").Order().Select(File.ReadAllText));
    }

    [Fact]
    public async Task Networks_that_no_search_of_the_folder_has_found_are_not_replaced()
    {
        await DoneAsync(Search());
        await DoneAsync("random", "--like", Run, "--out", Folder["random"], "--tolerance", "0.5");
        await RefusedAsync(Folder["random"], $"The student of {Folder["random"]} was drawn by 'fasterseg random'");
        File.Delete(Path.Combine(Run, "search.checkpoint"));
        await RefusedAsync(Run, $"{Run} has networks, and no search.checkpoint of the search that found them");

        static async Task RefusedAsync(string run, string sentence)
        {
            string[] before = [.. Directory.GetFiles(run, "*.json").Order().Select(File.ReadAllText)];
            var (code, _, error) = await Shell.RunAsync("search", "--out", run, "--data", "synthetic", "--resume");
            Assert.Equal(ExitCodes.WrongUsage, code);
            Assert.Contains(sentence, error.ReplaceLineEndings(" "), StringComparison.Ordinal);
            Assert.Equal(before, Directory.GetFiles(run, "*.json").Order().Select(File.ReadAllText));
        }
    }

    [Fact]
    public async Task A_search_that_may_not_go_on_changes_no_settings()
    {
        await DoneAsync(Search());
        string kept = File.ReadAllText(Path.Combine(Run, "config.json"));
        string[] resume = ["search", "--out", Run, "--data", "synthetic", "--resume", "--set"];
        using (RunLock.Take(RunFolder.Open(Run)))
        {
            var (code, _, error) = await Shell.RunAsync([.. resume, "searching:epochs=3"]);
            Assert.Equal(ExitCodes.Failed, code);
            Assert.Contains("Another search or training uses", error, StringComparison.Ordinal);
        }
        Assert.Equal(kept, File.ReadAllText(Path.Combine(Run, "config.json")));
        Assert.Equal(ExitCodes.WrongUsage, (await Shell.RunAsync([.. resume, "searching:target=0.00001-0.00002 ms"])).Code);
        Assert.Equal(kept, File.ReadAllText(Path.Combine(Run, "config.json")));
    }

    [Fact]
    public async Task Other_settings_of_what_goes_on_are_told()
    {
        await DoneAsync(Search());
        string longerSearch = await DoneAsync("search", "--out", Run, "--data", "synthetic", "--resume", "--set", "searching:epochs=2");
        Assert.Contains("It goes on with other settings than before: searching:epochs 2, not ", longerSearch, StringComparison.Ordinal);
        Assert.DoesNotContain("has come to its end before", longerSearch, StringComparison.Ordinal);
        await DoneAsync(Train("teacher"));
        string[] longer = Train("teacher", "--resume", "--set", "training:epochs=4");
        Assert.Contains("other settings than before: training:epochs 4, not ", await DoneAsync(longer), StringComparison.Ordinal);
        var (code, _, error) = await Shell.RunAsync(Train("teacher", "--resume", "--set", "training:epochs=5", "--set", "data:fit=pad"));
        Assert.Equal(ExitCodes.WrongUsage, code);
        Assert.Contains("data:fit is resize and cannot become pad", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_of_a_search_are_told_to_change_nothing_in_a_training()
    {
        await DoneAsync(Search());
        const string Told = "A training reads nothing of a search's settings: pretrain:epochs, searching:epochs will change nothing.";
        string[] search = ["--set", "pretrain:epochs=7", "--set", "searching:epochs=7"];
        Assert.Contains(Told, await DoneAsync(Train("teacher", search)), StringComparison.Ordinal);
        string longer = await DoneAsync(
            Train("teacher", ["--resume", "--set", "training:epochs=2", "--set", "pretrain:epochs=8", "--set", "searching:epochs=8"])
        );
        Assert.Contains(Told, longer, StringComparison.Ordinal);
        Assert.Contains("It goes on with other settings than before: training:epochs 2, not 1.", longer, StringComparison.Ordinal);
        Assert.DoesNotContain("A training reads", await DoneAsync(Train("student")), StringComparison.Ordinal);
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
            "began with synthetic street scenes (6 training images, 1 validation image, 10 classes), and synthetic is synthetic street "
                + "scenes (8 training images, 2 validation images, 10 classes)",
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
}
