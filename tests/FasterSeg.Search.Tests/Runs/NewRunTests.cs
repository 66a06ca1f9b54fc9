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

    [Fact]
    public void What_a_killed_command_had_begun_is_taken_again()
    {
        WriteBegun("run", "table.json", "student.json", "notes.txt");
        Assert.Contains("once more, without --resume", Refused(() => RunFolder.Open(folder["run"])), StringComparison.Ordinal);
        using (NewRun again = Begin(folder["run"]))
            again.Keep();
        Assert.Equal(["config.json", "notes.txt", "run.lock"], Names("run"));

        // One that fails then leaves what was not begun.
        WriteBegun("other", "table.json", "notes.txt");
        Begin(folder["other"]).Dispose();
        Assert.Equal(["notes.txt"], Names("other"));
    }

    [Fact]
    public void A_table_of_the_users_is_not_replaced_and_neither_is_one_of_a_command_that_lives()
    {
        Directory.CreateDirectory(folder["mine"]);
        folder.Write("mine/table.json", "mine");
        Assert.Contains("table.json is there already", Refused(() => Begin(folder["mine"])), StringComparison.Ordinal);
        Assert.Equal(["table.json"], Names("mine"));

        using (NewRun.Begin(folder["run"], run => File.WriteAllText(run.Table, "")))
            Assert.Contains("table.json is there already", Refused(() => Begin(folder["run"])), StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["run"]));
    }

    [Fact]
    public void With_its_configuration_a_run_has_begun_whoever_wrote_it()
    {
        using NewRun begun = NewRun.Begin(folder["run"], run => File.WriteAllText(run.Table, ""));
        Assert.Contains("run.begun", Names("run"));
        File.WriteAllText(begun.Folder.Configuration, "{}");
        RunLock.Take(begun.Folder).Dispose();
        Assert.DoesNotContain("run.begun", Names("run"));
        begun.Keep();
    }

    [Fact]
    public void Further_files_of_a_run_are_in_nobodys_way_and_go_with_it()
    {
        Directory.CreateDirectory(folder["run/front.png"]);
        Assert.Contains(
            "front.png is there already",
            Refused(() => NewRun.Begin(folder["run"], _ => { }, "front.png")),
            StringComparison.Ordinal
        );
        Directory.Delete(folder["run/front.png"]);
        using (NewRun begun = NewRun.Begin(folder["run"], run => File.WriteAllText(run.Configuration, "{}"), "front-1.json"))
            File.WriteAllText(begun.Folder.In("front-1.json"), "");
        Assert.Empty(Names("run"));
    }

    [Fact]
    public void A_file_in_the_place_of_a_folder_is_told()
    {
        folder.Write("run", "mine");
        Assert.Contains("is a file", Refused(() => RunFolder.RequireNew(folder["run"])), StringComparison.Ordinal);
    }

    private static string Refused(Action action) => Assert.ThrowsAny<UserErrorException>(action).Message;

    private void WriteBegun(string name, params string[] files)
    {
        Directory.CreateDirectory(folder[name]);
        foreach (string file in files.Append("run.begun").Append("run.lock"))
            File.WriteAllText(Path.Combine(folder[name], file), "");
    }

    private static NewRun Begin(string path) => NewRun.Begin(path, run => File.WriteAllText(run.Configuration, "{}"));

    private string[] Names(string name) => [.. Directory.EnumerateFileSystemEntries(folder[name]).Select(Path.GetFileName).Order()!];
}
