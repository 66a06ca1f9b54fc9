using System.CommandLine;
using FasterSeg.Profiler.Client;
using FasterSeg.Search.Client.Reporting;
using Spectre.Console;

namespace FasterSeg.Search.Client.Commands;

/// <summary><c>fasterseg fleet</c>: what a lab's devices are and do, and what they shall.</summary>
public static class FleetCommand
{
    /// <summary>The command for the command line, with its subcommands.</summary>
    public static Command Create(IAnsiConsole console) =>
        new("fleet", "Shows the devices, pools, jobs and sweeps of a fleet, ends jobs, and lets a device rest or work.")
        {
            FleetListCommand.Devices(console),
            FleetListCommand.Pools(console),
            FleetListCommand.Queue(console),
            FleetCancelCommand.Create(console),
            FleetDeviceCommand.Show(console),
            FleetDeviceCommand.Drain(console),
            FleetDeviceCommand.Resume(console),
            FleetDeviceCommand.Absolve(console),
            FleetDeviceCommand.Reference(console),
            FleetSweepsCommand.Create(console),
        };

    /// <summary><c>--profiler URL</c> of a fleet; by default the one that runs on this machine without options.</summary>
    internal static Option<string> Url() =>
        new(ProfilerOption.UrlName)
        {
            HelpName = "URL",
            Description = "The address of any node of the fleet, e.g. https://lab:5250 (key and certificates: docs/fleet.md).",
            DefaultValueFactory = _ => "http://127.0.0.1:5250",
        };

    /// <summary>Asks a fleet and prints its answer.</summary>
    /// <param name="url">The fleet.</param>
    /// <param name="ask">Asks it.</param>
    /// <param name="document">The answer for <c>--json</c>.</param>
    /// <param name="write">Prints the answer for people.</param>
    /// <param name="json">Which of the two.</param>
    /// <param name="console">Where to print.</param>
    internal static async Task<int> AnswerAsync<T>(
        string url,
        Func<FleetConnection, Task<T>> ask,
        Func<T, object> document,
        Action<IAnsiConsole, T> write,
        bool json,
        IAnsiConsole console
    )
    {
        using var fleet = FleetConnection.Open(url);
        T answer = await ask(fleet);
        if (json)
            ConsoleJson.Write(console, document(answer));
        else
            write(console, answer);
        return ExitCodes.Done;
    }
}
