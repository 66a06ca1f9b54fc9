using System.Diagnostics;

namespace FasterSeg.Latency.Tests;

public class CommandTextTests
{
    [Theory]
    [InlineData("runs/a-1", "runs/a-1")]
    [InlineData("camvid:/data/x", "camvid:/data/x")]
    [InlineData("searching:epochs=3", "searching:epochs=3")]
    [InlineData("my run", "\"my run\"")]
    [InlineData("it's", "\"it's\"")]
    [InlineData("", "\"\"")]
    [InlineData("~/run", "\"~/run\"")]
    [InlineData("a;b", "\"a;b\"")]
    public void A_word_is_quoted_where_a_shell_would_change_it(string word, string expected) =>
        Assert.Equal(expected, CommandText.Quoted(word));

    [Fact]
    public void Words_that_are_null_are_left_out() => Assert.Equal("fasterseg train", CommandText.Of("fasterseg", null, "train"));

    [Fact]
    public void A_shell_gets_every_word_as_it_was()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no POSIX shell.");
        string[] words = ["my run", "it's", "a$HOME", "`id`", "\"q\"", "back\\slash", "$(id)'\"", "", "*", "#x", "Straße", "tab\there"];
        var start = new ProcessStartInfo("sh", ["-c", $"printf '%s|' {CommandText.Of(words)}"]) { RedirectStandardOutput = true };
        using Process shell = Process.Start(start)!;
        Assert.Equal(string.Concat(words.Select(word => word + "|")), shell.StandardOutput.ReadToEnd());
    }
}
