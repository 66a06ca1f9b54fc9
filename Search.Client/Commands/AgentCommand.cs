using System.CommandLine;
using FasterSeg.Latency;
using FasterSeg.Profiler.Client;
using FasterSeg.Search.Client.Reporting;
using FasterSeg.Search.Native;
using FasterSeg.Search.Sweeps;
using Spectre.Console;

namespace FasterSeg.Search.Client.Commands;

/// <summary><c>fasterseg agent</c>: works on the chains of a fleet's sweeps.</summary>
public static class AgentCommand
{
    private const int LongestName = 63;

    /// <summary>The command for the command line.</summary>
    public static Command Create(IAnsiConsole console)
    {
        var join = new Option<string>("--join")
        {
            HelpName = "URL",
            Required = true,
            Description =
                "The fleet's address, e.g. https://lab:5250; several with commas in between, of which any takes the call (key and "
                + "certificates: docs/fleet.md).",
        };
        var name = new Option<string?>("--join-as") { HelpName = "NAME", Description = "Names this agent. Default: the machine's name." };
        Option<int?> workers = SweepRunCommand.Workers();
        Option<string?> gpus = SweepRunCommand.Gpus();
        var sweeps = new Option<string?>("--sweeps")
        {
            HelpName = "FOLDER",
            Description =
                "The folder in which this machine sees sweeps, and no other; each is looked for by its folder's name. Default: sweeps "
                + "have the path by which they were submitted.",
        };
        var command = new Command("agent", "Takes chains of sweeps from a fleet and works on them, until Ctrl-C.")
        {
            join,
            name,
            gpus,
            workers,
            sweeps,
        };
        command.SetAction(
            (parsed, token) =>
                RunAsync(
                    parsed.GetRequiredValue(join),
                    new AgentOptions(
                        NameOf(parsed.GetValue(name)),
                        SweepRunCommand.Devices(parsed.GetValue(workers), parsed.GetValue(gpus)),
                        FolderOf(parsed.GetValue(sweeps))
                    ),
                    console,
                    token
                )
        );
        return command;
    }

    private static async Task<int> RunAsync(string fleet, AgentOptions options, IAnsiConsole console, CancellationToken cancellation)
    {
        TorchDevice.Require(options.Devices, SweepRunCommand.GpusName);
        using var connection = ChainConnection.Open(fleet);
        await ProgressDisplay.RunAsync(console, reporter =>
            new ChainAgent(connection, options, new StageProcess(reporter), reporter).RunAsync(cancellation)
        );
        // That is how it ends.
        console.WriteLine("This agent has left the fleet. What it had begun is saved, and others go on with it.");
        return ExitCodes.Done;
    }

    private static string NameOf(string? given)
    {
        string name = given ?? Environment.MachineName;
        return name.Length is > 0 and <= LongestName && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.')
            ? name
            : throw new UsageException(
                $"'{name}' is no name for an agent: name it with --join-as, with up to {LongestName} letters, digits, dots, - and _."
            );
    }

    private static string? FolderOf(string? given) =>
        given is null || Directory.Exists(given)
            ? given is null
                ? null
                : Path.GetFullPath(given)
            : throw new UsageException($"There is no folder {given}: name the one in which this machine sees sweeps with --sweeps.");
}
