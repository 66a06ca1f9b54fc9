using System.CommandLine;
using FasterSeg.Latency;
using FasterSeg.Profiler.Client;
using FasterSeg.Protos.Fleet.V1;
using FasterSeg.Search.Client.Reporting;
using Spectre.Console;

namespace FasterSeg.Search.Client.Commands;

/// <summary><c>fasterseg fleet show</c>, <c>drain</c>, <c>resume</c>, <c>absolve</c> and <c>reference</c>, of one device.</summary>
internal static class FleetDeviceCommand
{
    /// <summary>All that the fleet knows of it.</summary>
    public static Command Show(IAnsiConsole console) =>
        Create("show", "Shows all that a fleet knows of a device.", console, FindAsync, FleetReport.WriteDevice);

    /// <summary>It shall take nothing new.</summary>
    public static Command Drain(IAnsiConsole console) =>
        Create(
            "drain",
            "Lets a device end what it has and take nothing more. Needs an operator's key, where the fleet asks for keys.",
            console,
            (fleet, id, token) => fleet.SetDeviceAsync(id, DeviceState.Draining, cancellationToken: token),
            (output, device) =>
                output.WriteLine(
                    device.Leased == 0
                        ? $"{device.Id} takes no work: 'fasterseg fleet resume {device.Id}' lets it work again."
                        : FormattableString.Invariant(
                            $"{device.Id} ends its {Plural.Of(device.Leased, "operator")} and takes nothing more."
                        )
                )
        );

    /// <summary>It shall work again.</summary>
    public static Command Resume(IAnsiConsole console) =>
        Create(
            "resume",
            "Lets a drained device work again. Needs an operator's key, where the fleet asks for keys.",
            console,
            (fleet, id, token) => fleet.SetDeviceAsync(id, DeviceState.InService, cancellationToken: token),
            (output, device) =>
                output.WriteLine(
                    device.Health is DeviceHealth.Bad or DeviceHealth.Disagrees or DeviceHealth.Lost
                        ? $"{device.Id} is in service, but cannot work yet: {FleetWords.Reason(device)}"
                        : $"{device.Id} takes work."
                )
        );

    /// <summary>What it failed at is forgotten.</summary>
    public static Command Absolve(IAnsiConsole console) =>
        Create(
            "absolve",
            "Forgets that a device failed, and that its numbers did not agree with its pool's: it is compared anew. Needs an operator's "
                + "key, where the fleet asks for keys.",
            console,
            (fleet, id, token) => fleet.SetDeviceAsync(id, DeviceState.Unspecified, absolve: true, cancellationToken: token),
            (output, device) => output.WriteLine($"{device.Id} is as one that has just joined: it is compared with its pool anew.")
        );

    /// <summary>Its pool's numbers become its own.</summary>
    public static Command Reference(IAnsiConsole console) =>
        Create(
            "reference",
            "Makes a device its pool's reference, whose numbers the pool's are: for one whose reference does not come back. The others are "
                + "compared with it anew, and jobs that are not done begin anew. Needs an operator's key, where the fleet asks for keys.",
            console,
            (fleet, id, token) => fleet.SetDeviceAsync(id, DeviceState.Unspecified, reference: true, cancellationToken: token),
            (output, device) => output.WriteLine($"{device.Id} is the reference of its pool: tables from now on have its numbers.")
        );

    private static Command Create(
        string name,
        string description,
        IAnsiConsole console,
        Func<FleetConnection, string, CancellationToken, Task<FleetDevice>> ask,
        Action<IAnsiConsole, FleetDevice> write
    )
    {
        var id = new Argument<string>("ID") { Description = "The device's name in the fleet, as 'fasterseg fleet devices' lists it." };
        Option<string> url = FleetCommand.Url();
        Option<bool> json = CommonOptions.Json();
        var command = new Command(name, description) { id, url, json };
        command.SetAction(
            (parsed, token) =>
                FleetCommand.AnswerAsync(
                    parsed.GetRequiredValue(url),
                    fleet => ask(fleet, parsed.GetRequiredValue(id), token),
                    FleetDocument.Of,
                    write,
                    parsed.GetValue(json),
                    console
                )
        );
        return command;
    }

    private static async Task<FleetDevice> FindAsync(FleetConnection fleet, string id, CancellationToken cancellation)
    {
        IReadOnlyList<FleetDevice> devices = await fleet.DevicesAsync(cancellationToken: cancellation);
        if (devices.FirstOrDefault(device => device.Id == id) is { } found)
            return found;
        throw new UserErrorException(
            devices.Count == 0
                ? $"The fleet at {fleet.Name} has no device '{id}', and no other yet: start 'fasterseg-profiler --join {fleet.Name}' on "
                    + "one."
                : $"The fleet at {fleet.Name} has no device '{id}'; did you mean "
                    + $"'{NearestWord.Find(id, devices.Select(one => one.Id))}'?"
        );
    }
}
