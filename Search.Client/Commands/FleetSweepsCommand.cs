using System.CommandLine;
using FasterSeg.Profiler.Client;
using FasterSeg.Protos.Fleet.V1;
using FasterSeg.Search.Client.Reporting;
using Spectre.Console;

namespace FasterSeg.Search.Client.Commands;

/// <summary><c>fasterseg fleet sweeps</c>: the sweeps that a fleet has, or the chains of one.</summary>
internal static class FleetSweepsCommand
{
    /// <summary>The command for the command line.</summary>
    public static Command Create(IAnsiConsole console)
    {
        var id = new Argument<string?>("ID")
        {
            Arity = ArgumentArity.ZeroOrOne,
            Description = "A sweep, as it is listed: shows its chains and who works on them.",
        };
        Option<string> url = FleetCommand.Url();
        Option<bool> json = CommonOptions.Json();
        var command = new Command("sweeps", "Lists the sweeps that were submitted, or the chains of one with their agents.")
        {
            id,
            url,
            json,
        };
        command.SetAction(
            async (parsed, token) =>
            {
                using var fleet = SweepConnection.Open(parsed.GetRequiredValue(url));
                bool isJson = parsed.GetValue(json);
                if (parsed.GetValue(id) is { } sweep)
                {
                    ShowSweepResponse shown = await fleet.ShowAsync(sweep, token);
                    if (isJson)
                        ConsoleJson.Write(console, FleetSweepReport.Document(shown));
                    else
                        FleetSweepReport.WriteChains(console, shown);
                    return ExitCodes.Done;
                }
                IReadOnlyList<FleetSweep> sweeps = await fleet.ListAsync(token);
                if (isJson)
                    ConsoleJson.Write(console, sweeps.Select(FleetSweepReport.Document));
                else
                    FleetSweepReport.WriteSweeps(console, sweeps);
                return ExitCodes.Done;
            }
        );
        return command;
    }
}
