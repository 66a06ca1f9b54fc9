using System.CommandLine;
using FasterSeg.Latency;
using FasterSeg.Search.Client.Reporting.Html;
using FasterSeg.Search.Comparing;
using FasterSeg.Search.Sweeps;
using Spectre.Console;

namespace FasterSeg.Search.Client.Commands;

/// <summary><c>fasterseg sweep report</c>: a sweep on one HTML page.</summary>
public static class SweepReportCommand
{
    /// <summary>The command for the command line.</summary>
    public static Command Create(IAnsiConsole console)
    {
        Argument<string> sweep = SweepCommand.Folder();
        Option<string> output = CommonOptions.Out("The page, one HTML file.");
        Option<bool> overwrite = CommonOptions.Overwrite();
        var command = new Command("report", "Puts a sweep on one HTML page: its chains, means over seeds, Pareto front, what differs.")
        {
            sweep,
            output,
            overwrite,
        };
        command.SetAction(parsed =>
        {
            var folder = SweepFolder.Open(parsed.GetRequiredValue(sweep));
            string file = parsed.GetRequiredValue(output);
            OutputFile.Require(file, "--out", parsed.GetValue(overwrite), folder.Files);
            OutputFile.RequirePage(file, "--out");
            SweepPage.Save(
                SweepStatus.Of(folder),
                RunComparison.Read(SweepCompareCommand.Runs(folder), SweepCompareCommand.GoesOn),
                file,
                DateTimeOffset.UtcNow
            );
            console.WriteLine($"The page is {file}.");
            return ExitCodes.Done;
        });
        return command;
    }
}
