using FasterSeg.Search.Client.Reporting;
using Spectre.Console.Testing;
using Xunit;

namespace FasterSeg.Search.Client.Tests.Reporting;

public class ProgressLinesTests
{
    [Fact]
    public void Lines_come_first_last_and_every_few_seconds()
    {
        using var console = new TestConsole();
        var time = new SetTime();
        var lines = new ProgressLines(console, time);
        for (int step = 0; step <= 12; step++, time.Advance(TimeSpan.FromSeconds(1)))
            lines.Report("search", step, 12, latest: $"loss {step}");
        lines.Report("search", 12, 12);
        lines.Report("train", 3, 0);
        lines.Say("An epoch ends.");
        Assert.Equal(
            """
            search  0/12  0 %  loss 0
            search  5/12  41 %  0:07 left  loss 5
            search  10/12  83 %  0:02 left  loss 10
            search  12/12  100 %  loss 12
            train  3
            An epoch ends.

            """.ReplaceLineEndings("\n"),
            console.Output.ReplaceLineEndings("\n")
        );
    }

    [Theory]
    [InlineData(0.4, "0:00")]
    [InlineData(67, "1:07")]
    [InlineData(754, "12:34")]
    [InlineData(3723, "1:02:03")]
    [InlineData(-5, "0:00")]
    public void Durations_read_as_clocks(double seconds, string expected) =>
        Assert.Equal(expected, ProgressText.Duration(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public async Task A_console_that_is_no_terminal_gets_lines_and_the_works_result()
    {
        using var console = new TestConsole();
        int result = await ProgressDisplay.RunAsync(console, reporter =>
        {
            reporter.Report("profile", 1, 2, TimeSpan.FromSeconds(30), "conv 0.1 ms");
            return Task.FromResult(42);
        });
        Assert.Equal((42, "profile  1/2  50 %  0:30 left  conv 0.1 ms\n"), (result, console.Output));
    }
}
