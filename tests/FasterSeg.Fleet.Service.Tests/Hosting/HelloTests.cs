using FasterSeg.Protos.Fleet.V1;
using FasterSeg.Tests;
using Grpc.Core;

namespace FasterSeg.Fleet.Service.Tests.Hosting;

/// <summary>Who may join, by what it says of itself.</summary>
public sealed class HelloTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Wrong =>
        new()
        {
            { "no hello", "A device's first message is its hello." },
            { "no name", "'' is no name for a device" },
            { "sql", "is no name for a device" },
            { "unicode", "is no name for a device" },
            { "path", "is no name for a device" },
            { "no device", "A device's hello says what it measures on." },
            { "no identity", "A device's hello says what it measures on." },
            { "no uuid", "A device's hello says what it measures on." },
            { "two uuids", "names two devices" },
            { "two names", "names two devices" },
            { "control characters", "without control characters" },
            { "a long driver", "texts of up to 200 characters" },
            { "no provider", "execution provider or precision is none that this fleet knows" },
            { "a new precision", "execution provider or precision is none that this fleet knows" },
            { "no cores", "says how many cores it has" },
            { "a long environment", "and 65536 are the most" },
        };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task Who_says_nonsense_is_refused_with_what_is_wrong(string what, string sentence)
    {
        await using TestFleet fleet = await TestFleet.StartAsync();
        (StatusCode status, string told) = await RefusedAsync(fleet, what == "no hello" ? new() : new() { Hello = Hello(what) });
        Assert.Equal(StatusCode.InvalidArgument, status);
        Assert.Contains(sentence, told, StringComparison.Ordinal);
        Assert.Empty(await fleet.Store.DevicesAsync(pool: null, Cancellation));
        Assert.Empty(await fleet.Store.PoolsAsync(Cancellation));
    }

    [Fact]
    public async Task A_second_profiler_of_the_same_name_is_refused_while_the_first_is_there()
    {
        await using TestFleet fleet = await TestFleet.StartAsync();
        var card = new SimulatedCard();
        Hello first = card.Hello("box"),
            second = card.Hello("box");
        (first.Program, second.Program) = ("one", "two");
        HandAgent one = await HandAgent.JoinAsync(fleet.Channel, first, card);
        await UntilAsync(async () =>
            (await new ContractClients(fleet).Lab.ListDevicesAsync(new(), cancellationToken: Cancellation)).Devices.Single().Attached
        );
        (StatusCode status, string told) = await RefusedAsync(fleet, new() { Hello = second });
        Assert.Equal(StatusCode.AlreadyExists, status);
        Assert.Equal(
            "Another profiler is 'box' of this fleet at present: give this one a name of its own with --join-as. Where it is the same one, "
                + "started anew, it joins as soon as its older call has ended.",
            told
        );
        // The first one's connection broke, and nobody has noticed yet.
        await using HandAgent again = await HandAgent.JoinAsync(fleet.Channel, first, card);
        await one.DisposeAsync();
        await again.DisposeAsync();
        await UntilAsync(async () =>
            !(await new ContractClients(fleet).Lab.ListDevicesAsync(new(), cancellationToken: Cancellation)).Devices.Single().Attached
        );
        await using HandAgent two = await HandAgent.JoinAsync(fleet.Channel, second, card);
    }

    private static Hello Hello(string what)
    {
        Hello hello = new SimulatedCard().Hello("card-0");
        switch (what)
        {
            case "no name":
                hello.Name = " ";
                break;
            case "sql":
                hello.Name = "a'; DROP TABLE device; --";
                break;
            case "unicode":
                hello.Name = "\u043a\u0430\u0440\u0442\u0430";
                break;
            case "path":
                hello.Name = "../device";
                break;
            case "no device":
                hello.Device = null;
                break;
            case "no identity":
                hello.Identity = null;
                break;
            case "no uuid":
                (hello.Device.Uuid, hello.Identity.DeviceUuid) = ("", "");
                break;
            case "two uuids":
                hello.Identity.DeviceUuid = "SIM-card-1";
                break;
            case "two names":
                hello.Identity.DeviceName = "a better card";
                break;
            case "control characters":
                hello.Device.Name = hello.Identity.DeviceName = "card\u001b[2J";
                break;
            case "a long driver":
                hello.Identity.Driver = new string('1', 201);
                break;
            case "no provider":
                hello.Identity.Provider = default;
                break;
            case "a new precision":
                hello.Identity.Precision = (FasterSeg.Protos.Profiler.V1.Precision)99;
                break;
            case "no cores":
                hello.Device.LogicalCores = 0;
                break;
            case "a long environment":
                hello.Device.Environment["all"] = new string('x', 70_000);
                break;
        }
        return hello;
    }

    private static async Task<(StatusCode, string)> RefusedAsync(TestFleet fleet, AgentMessage message) =>
        await ContractClients.RefusalAsync(async () =>
        {
            using AsyncDuplexStreamingCall<AgentMessage, FleetMessage> call = new AgentService.AgentServiceClient(fleet.Channel).Attach(
                cancellationToken: Cancellation
            );
            await call.RequestStream.WriteAsync(message, Cancellation);
            await call.ResponseStream.MoveNext(Cancellation);
        });

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        while (!await holds())
            await Task.Delay(20, Cancellation);
    }
}
