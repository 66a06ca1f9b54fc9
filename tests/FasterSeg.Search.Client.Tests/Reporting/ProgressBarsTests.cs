using FasterSeg.Search.Client.Reporting;
using Spectre.Console;
using Spectre.Console.Testing;
using Xunit;

namespace FasterSeg.Search.Client.Tests.Reporting;

public class ProgressBarsTests
{
    [Fact]
    public async Task Each_task_has_one_bar_with_its_latest_report()
    {
        using var console = new TestConsole().Interactive().EmitAnsiSequences();
        console.Profile.Width = 120;
        await console
            .Progress()
            .AutoRefresh(false)
            .Columns(new TaskDescriptionColumn())
            .StartAsync(context =>
            {
                var reporter = new ProgressBars(console, context, TimeProvider.System);
                reporter.Report("search", 0, 0);
                reporter.Report("search", 3, 12, TimeSpan.FromSeconds(90), "loss [1.5]");
                reporter.Report("train", 5, 5);
                reporter.Say("An epoch ends.");
                return Task.CompletedTask;
            });
        Assert.Contains("search  3/12  25 %  1:30 left  loss [1.5]", console.Output, StringComparison.Ordinal);
        Assert.Contains("train  5/5  100 %", console.Output, StringComparison.Ordinal);
        Assert.Contains("An epoch ends.", console.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("search  0", console.Output, StringComparison.Ordinal);
    }
}
