using System.CommandLine;
using FasterSeg.Search.Client.Reporting;
using FasterSeg.Search.Sweeps;
using Spectre.Console;

namespace FasterSeg.Search.Client.Commands;

/// <summary><c>fasterseg sweep status</c>: how far the chains of a sweep are.</summary>
public static class SweepStatusCommand
{
    /// <summary>The command for the command line.</summary>
    public static Command Create(IAnsiConsole console)
    {
        Argument<string> sweep = SweepCommand.Folder();
        Option<bool> json = CommonOptions.Json();
        var command = new Command("status", "Lists the chains of a sweep: stages, attempts, times, failures, and what is left.")
        {
            sweep,
            json,
        };
        command.SetAction(parsed =>
        {
            SweepStatus status = SweepStatus.Of(SweepFolder.Open(parsed.GetRequiredValue(sweep)));
            if (parsed.GetValue(json))
                ConsoleJson.Write(console, SweepReport.Document(status));
            else
                SweepReport.WriteStatus(console, status);
            return ExitCodes.Done;
        });
        return command;
    }
}
