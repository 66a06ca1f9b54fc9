using FasterSeg.Latency;
using FasterSeg.Search.Runs;
using Xunit;

namespace FasterSeg.Search.Tests.Runs;

/// <summary>A command that fails before its run holds any work leaves the folder as it found it.</summary>
public sealed class NewRunTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_run_without_work_goes_with_its_folder()
    {
        using (NewRun begun = Begin(folder["run"]))
        {
            Assert.True(RunFolder.Exists(folder["run"]));
            File.WriteAllText(begun.Folder.Scalars, "phase");
            File.WriteAllText(begun.Folder.In("table-1.json"), "older");
            Directory.CreateDirectory(begun.Folder.Events("search"));
            File.WriteAllText(Path.Combine(begun.Folder.Events("search"), "events"), "");
        }
        Assert.False(Directory.Exists(folder["run"]));
    }

    [Fact]
    public void What_lay_in_the_folder_before_stays_and_the_corrected_command_finds_it_so()
    {
        Directory.CreateDirectory(folder["run"]);
        File.WriteAllText(Path.Combine(folder["run"], "notes.txt"), "mine");
        File.WriteAllText(Path.Combine(folder["run"], "table-mine.json"), "mine");
        Begin(folder["run"]).Dispose();
        Assert.Equal(["notes.txt", "table-mine.json"], Names("run"));
        using NewRun again = Begin(folder["run"]);
        again.Keep();
    }

    [Theory]
    [InlineData("search.checkpoint")]
    [InlineData("student.checkpoint")]
    [InlineData("search.json")]
    [InlineData("scores.jsonl")]
    [InlineData("halving-4.jsonl")]
    public void A_run_with_work_stays(string work)
    {
        using (NewRun begun = Begin(folder["run"]))
            File.WriteAllText(begun.Folder.In(work), "");
        Assert.True(RunFolder.Exists(folder["run"]));
        Assert.Contains(work, Names("run"));
    }

    [Fact]
    public void What_the_user_put_into_a_run_stays_even_where_the_run_goes()
    {
        using (NewRun begun = Begin(folder["run"]))
            File.WriteAllText(begun.Folder.In("notes.txt"), "mine");
        Assert.Equal(["notes.txt"], Names("run"));
    }

    [Fact]
    public void A_run_that_is_kept_stays()
    {
        using (NewRun begun = Begin(folder["run"]))
            begun.Keep();
        Assert.True(RunFolder.Exists(folder["run"]));
    }

    [Fact]
    public void A_beginning_that_fails_leaves_nothing()
    {
        Assert.Throws<UserErrorException>(() => NewRun.Begin(folder["run"], run =>
            {
                File.WriteAllText(run.Configuration, "");
                File.WriteAllText(run.SearchResult, "");
                throw new UserErrorException("The disk is full.");
            }));
        Assert.False(Directory.Exists(folder["run"]));
    }

    [Fact]
    public void Files_of_a_run_that_is_there_are_not_touched()
    {
        Directory.CreateDirectory(folder["run"]);
        File.WriteAllText(Path.Combine(folder["run"], "config.json"), "mine");
        Assert.Throws<UserErrorException>(() => Begin(folder["run"]));
        Assert.Equal("mine", File.ReadAllText(Path.Combine(folder["run"], "config.json")));
    }

    [Fact]
    public void A_run_in_which_another_command_works_by_now_stays()
    {
        NewRun begun = Begin(folder["run"]);
        using (RunLock.Take(begun.Folder))
            begun.Dispose();
        Assert.True(RunFolder.Exists(folder["run"]));
    }

    [Fact]
    public void Two_commands_at_once_get_one_run()
    {
        var run = RunFolder.Create(folder["run"]);
        using (RunLock.Take(run))
            Assert.StartsWith(
                "Another search",
                Assert.Throws<UserErrorException>(() => Begin(folder["run"])).Message,
                StringComparison.Ordinal
            );
        Assert.False(RunFolder.Exists(folder["run"]));
    }

    private static NewRun Begin(string path) => NewRun.Begin(path, run => File.WriteAllText(run.Configuration, "{}"));

    private string[] Names(string name) => [.. Directory.EnumerateFileSystemEntries(folder[name]).Select(Path.GetFileName).Order()!];
}
