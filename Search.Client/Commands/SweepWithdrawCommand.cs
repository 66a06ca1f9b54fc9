using System.CommandLine;
using FasterSeg.Latency;
using FasterSeg.Profiler.Client;
using FasterSeg.Protos.Fleet.V1;
using FasterSeg.Search.Client.Reporting;
using FasterSeg.Search.Sweeps;
using Spectre.Console;

namespace FasterSeg.Search.Client.Commands;

/// <summary><c>fasterseg sweep withdraw</c>: takes a sweep back from a fleet.</summary>
public static class SweepWithdrawCommand
{
    /// <summary>The command for the command line.</summary>
    public static Command Create(IAnsiConsole console)
    {
        Argument<string> sweep = SweepCommand.Folder();
        Option<string?> fleet = SweepSubmitCommand.Fleet();
        fleet.Required = true;
        var command = new Command("withdraw", "Takes a sweep back from a fleet: its agents save and end what they do of it.")
        {
            sweep,
            fleet,
        };
        command.SetAction(
            async (parsed, token) =>
            {
                var folder = SweepFolder.Open(parsed.GetRequiredValue(sweep));
                using var connection = SweepConnection.Open(parsed.GetRequiredValue(fleet)!);
                FleetSweep withdrawn = await connection.RemoveAsync(SweepFolder.MarkIn(folder.Path), token);
                ConsoleText.Write(
                    console,
                    CommandText.Below(
                        withdrawn.Leased == 0
                            ? "The sweep is withdrawn; no agent works on it. Go on here:"
                            : FormattableString.Invariant($"The sweep is withdrawn; {withdrawn.Leased} of its chains are saved and ended ")
                                + "within a minute. Then go on here:",
                        Suggestion.Of("sweep", "run", folder.Path)
                    )
                );
                return ExitCodes.Done;
            }
        );
        return command;
    }
}
