using System.CommandLine;
using Spectre.Console;

namespace FasterSeg.Search.Client.Commands;

/// <summary><c>fasterseg sweep</c>: many runs, from a plan to a comparison.</summary>
public static class SweepCommand
{
    /// <summary>The command for the command line, with its subcommands.</summary>
    public static Command Create(IAnsiConsole console) =>
        new("sweep", "Plans, runs and compares many runs: configurations, settings and baselines, each with several seeds.")
        {
            SweepPlanCommand.Create(console),
            SweepRunCommand.Create(console),
            SweepWorkCommand.Create(console),
            SweepSubmitCommand.Create(console),
            SweepWithdrawCommand.Create(console),
            SweepStatusCommand.Create(console),
            SweepCompareCommand.Create(console),
            SweepReportCommand.Create(console),
        };

    /// <summary>The sweep's folder.</summary>
    internal static Argument<string> Folder() =>
        new("SWEEP") { Description = "The sweep's folder, which 'fasterseg sweep plan --out' made." };
}
