using System.CommandLine;
using FasterSeg.Profiler.Client;
using FasterSeg.Protos.Fleet.V1;
using FasterSeg.Search.Client.Reporting;
using Spectre.Console;

namespace FasterSeg.Search.Client.Commands;

/// <summary><c>fasterseg fleet devices</c>, <c>pools</c> and <c>queue</c>.</summary>
internal static class FleetListCommand
{
    /// <summary>The devices, pool by pool.</summary>
    public static Command Devices(IAnsiConsole console) =>
        Create(
            "devices",
            "Lists the devices that have joined, by pool: what they do, their health, and how they compare with their pool's reference.",
            console,
            ofPool: true,
            async (fleet, pool, token) => (await fleet.PoolsAsync(token), await fleet.DevicesAsync(pool, token)),
            answer => answer.Item2.Select(FleetDocument.Of),
            (output, answer) => FleetReport.WriteDevices(output, answer.Item1, answer.Item2)
        );

    /// <summary>The pools.</summary>
    public static Command Pools(IAnsiConsole console) =>
        Create<IReadOnlyList<Pool>>(
            "pools",
            "Lists the pools: the kinds of devices, each with a table of its own.",
            console,
            ofPool: false,
            (fleet, _, token) => fleet.PoolsAsync(token),
            pools => pools.Select(FleetDocument.Of),
            FleetReport.WritePools
        );

    /// <summary>The jobs.</summary>
    public static Command Queue(IAnsiConsole console) =>
        Create(
            "queue",
            "Lists the jobs that run or wait, as they take their turns.",
            console,
            ofPool: true,
            async (fleet, pool, token) => (await fleet.PoolsAsync(token), await fleet.QueueAsync(pool, token)),
            answer => answer.Item2.Select(FleetDocument.Of),
            (output, answer) => FleetReport.WriteQueue(output, answer.Item1, answer.Item2)
        );

    private static Command Create<T>(
        string name,
        string description,
        IAnsiConsole console,
        bool ofPool,
        Func<FleetConnection, string?, CancellationToken, Task<T>> ask,
        Func<T, object> document,
        Action<IAnsiConsole, T> write
    )
    {
        Option<string> url = FleetCommand.Url();
        var pool = new Option<string?>(ProfilerOption.PoolName)
        {
            HelpName = "NAME",
            Description = "Of this pool alone: its id or a part of its name, e.g. 1080ti.",
        };
        Option<bool> json = CommonOptions.Json();
        var command = new Command(name, description) { url, json };
        if (ofPool)
            command.Add(pool);
        command.SetAction(
            (parsed, token) =>
                FleetCommand.AnswerAsync(
                    parsed.GetRequiredValue(url),
                    fleet => ask(fleet, ofPool ? parsed.GetValue(pool) : null, token),
                    document,
                    write,
                    parsed.GetValue(json),
                    console
                )
        );
        return command;
    }
}
