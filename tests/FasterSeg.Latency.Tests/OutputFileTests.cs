using System.Diagnostics;

namespace FasterSeg.Latency.Tests;

/// <summary>What a command may write where: never over its inputs, over other files only where the user says so.</summary>
public sealed class OutputFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly string input;

    public OutputFileTests()
    {
        input = folder["a.png"];
        File.WriteAllText(input, "picture");
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void New_file_is_allowed_and_nothing_is_left_there()
    {
        OutputFile.Require(folder["o.png"], "--out", overwrite: false, input, null, folder["none"]);
        Assert.Equal(["a.png"], folder.Names());
    }

    [Fact]
    public void File_that_is_there_is_refused_unless_it_may_be_replaced()
    {
        File.WriteAllText(folder["o.png"], "old");
        Assert.Equal(
            $"{folder["o.png"]} is there already: name another file with --out, or replace it with --overwrite.",
            Assert.Throws<UserErrorException>(() => OutputFile.Require(folder["o.png"], "--out", overwrite: false, input)).Message
        );
        OutputFile.Require(folder["o.png"], "--out", overwrite: true, input);
        Assert.Equal("old", File.ReadAllText(folder["o.png"]));
    }

    [Theory]
    [InlineData("itself")]
    [InlineData("dots")]
    [InlineData("link")]
    [InlineData("folder link")]
    [InlineData("hard link")]
    public void Input_is_never_an_output_whatever_path_leads_to_it(string way)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need rights there.");
        string path = Way(way);
        foreach (bool overwrite in new[] { false, true })
        {
            UsageException refusal = Assert.Throws<UsageException>(() => OutputFile.Require(path, "--out", overwrite, "none", input));
            Assert.StartsWith(
                $"{path} would be written over "
                    + $"{(path == input ? "an input of this command" : $"the input {input}, which is the same file")}: ",
                refusal.Message,
                StringComparison.Ordinal
            );
        }
    }

    [Theory]
    [InlineData("dots", true)]
    [InlineData("link", true)]
    [InlineData("folder link", true)]
    [InlineData("hard link", false)]
    public void Where_the_system_is_not_asked_links_are_followed_and_case_is_one(string way, bool isSame)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need rights there.");
        string path = Way(way);
        File.WriteAllText(folder["A.PNG"], "");
        Assert.Equal(isSame, FileIdentity.ByPath(path) == FileIdentity.ByPath(input));
        Assert.Equal(FileIdentity.ByPath(input), FileIdentity.ByPath(folder["A.PNG"]));
        Assert.Null(FileIdentity.ByPath(folder["none"]));
    }

    [Fact]
    public void Output_that_an_input_is_a_link_to_is_refused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need rights there.");
        Assert.Throws<UsageException>(() => OutputFile.Require(input, "--out", overwrite: true, Way("link")));
    }

    [Fact]
    public void Link_that_leads_nowhere_is_there()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need rights there.");
        File.CreateSymbolicLink(folder["o.png"], folder["none"]);
        Assert.Throws<UserErrorException>(() => OutputFile.Require(folder["o.png"], "--out", overwrite: false));
    }

    [Fact]
    public void Device_is_never_replaced()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "There is no /dev/null.");
        Assert.Contains(
            "is a device or a pipe and no file",
            Assert.Throws<UsageException>(() => OutputFile.Require("/dev/null", "--out", overwrite: true)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Folder_is_no_file() =>
        Assert.Contains(
            "is a folder",
            Assert
                .Throws<UsageException>(() => OutputFile.RequireAll([Path.GetDirectoryName(input)!], "--out", overwrite: true, []))
                .Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void Several_files_are_counted_and_the_first_is_named()
    {
        File.WriteAllText(folder["2.png"], "");
        File.WriteAllText(folder["3.png"], "");
        Assert.StartsWith(
            $"2 of the 3 files to write are there already, e.g. {folder["2.png"]}: ",
            Assert
                .Throws<UserErrorException>(() =>
                    OutputFile.RequireAll([folder["1.png"], folder["2.png"], folder["3.png"]], "--out", overwrite: false, [])
                )
                .Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("t.json", "T.json")]
    [InlineData("t.json", "sub/../t.json")]
    public void Two_outputs_in_one_place_are_refused(string first, string second)
    {
        Assert.Contains(
            "--out and --plot name the same file",
            Assert
                .Throws<UsageException>(() => OutputFile.RequireDistinct(("--out", first), ("--corrected", null), ("--plot", second)))
                .Message,
            StringComparison.Ordinal
        );
        OutputFile.RequireDistinct(("--out", first), ("--plot", "u.json"), ("--corrected", null));
    }

    private string Way(string way)
    {
        string root = Path.GetDirectoryName(input)!;
        switch (way)
        {
            case "dots":
                return Path.Combine(root, ".", "a.png");
            case "link":
                File.CreateSymbolicLink(folder["l.png"], input);
                return folder["l.png"];
            case "folder link":
                Directory.CreateSymbolicLink(folder["more"], root);
                return Path.Combine(folder["more"], "a.png");
            case "hard link":
                using (var ln = Process.Start("ln", [input, folder["h.png"]]))
                    ln.WaitForExit();
                return folder["h.png"];
            default:
                return input;
        }
    }
}
