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

    [Theory]
    [InlineData(100, "train_student  12/600  2 %  1:30 left  loss 3.807  distillation 0.066")]
    [InlineData(80, "train_student  12/600  2 %  1:30 left  loss 3.807")]
    [InlineData(50, "train_student  12/600  2 %  1:30 left")]
    [InlineData(30, "train_student")]
    public async Task On_a_narrow_console_a_bar_keeps_its_width_and_its_text_stays_on_its_line(int width, string shown)
    {
        using var console = new TestConsole().Interactive();
        console.Profile.Width = width;
        int bar = ProgressBars.BarWidth(console);
        await console
            .Progress()
            .AutoRefresh(false)
            .Columns(new ProgressBarColumn { Width = bar }, new TaskDescriptionColumn { Alignment = Justify.Left })
            .StartAsync(context =>
            {
                new ProgressBars(console, context, TimeProvider.System).Report(
                    "train_student",
                    12,
                    600,
                    TimeSpan.FromSeconds(90),
                    "loss 3.807  distillation 0.066  gradient_norm 9.867"
                );
                return Task.CompletedTask;
            });
        string[] lines = [.. console.Output.Split('\n').Select(line => line.TrimEnd()).Where(line => line.Length > 0).Distinct()];
        Assert.Equal(new string('━', bar) + " " + shown, Assert.Single(lines).Replace('-', '━'));
    }
}
