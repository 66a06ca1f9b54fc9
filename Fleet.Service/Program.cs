using System.CommandLine;
using FasterSeg.Fleet.Service.Hosting;
using FasterSeg.Latency;
using FasterSeg.Profiler.Service.Grpc;
using FasterSeg.Profiler.Service.Security;
using FasterSeg.Protos.Fleet.V1;

var arguments = new FleetArguments();
Argument<string> name = new("NAME") { Description = "whose key it is" },
    url = new("URL") { Description = "the fleet's address, on this machine" };
Argument<string?> role = new("ROLE")
{
    Description = "'device' for one that joins, or an agent, 'operator' for who sets devices and cancels everybody's jobs; none for others",
    Arity = ArgumentArity.ZeroOrOne,
};
Command newKey = new("new-key", "make an access key") { name, role },
    health = new("health", "exit code 0 where a fleet on this machine serves at URL") { url };
newKey.SetAction(parsed => MakeKey(parsed.GetRequiredValue(name), parsed.GetValue(role)));
health.SetAction(
    (parsed, _) =>
        HealthProbe.RunAsync(parsed.GetRequiredValue(url), "fleet", FleetOptions.DefaultListen.Port, FleetService.Descriptor.FullName)
);
RootCommand root = new("A lab's devices behind one address: profilers join it, and fasterseg calls it as it calls one profiler.")
{
    newKey,
    health,
};
arguments.AddTo(root);
root.SetAction((parsed, _) => ServeAsync(arguments.Read(parsed)));
try
{
    ParseResult parsed = root.Parse(args, new() { ResponseFileTokenReplacer = null });
    if (parsed.Errors is [var fault, ..] && parsed.Action is not System.CommandLine.Help.HelpAction)
        throw new UsageException(fault.Message);
    return await parsed.InvokeAsync(new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
}
catch (UserErrorException fault)
{
    await Console.Error.WriteLineAsync(fault.Message);
    return fault is UsageException ? 2 : 1;
}
catch (OperationCanceledException)
{
    // It was asked to end while it started.
    return 0;
}

static int MakeKey(string owner, string? role)
{
    if (role is not (null or "device" or "operator"))
        throw new UsageException($"'{role}' is no role of a key: use 'device', 'operator', or none.");
    (string key, string line) = AccessKeys.New(owner);
    Console.WriteLine(
        "Key, for the one who calls (FASTERSEG_PROFILER_KEY); it is not kept anywhere:\n"
            + $"{key}\nLine, for the fleet's file (--access-keys):\n{line}{(role is null ? "" : " " + role)}"
    );
    return 0;
}

static async Task<int> ServeAsync(FleetOptions options)
{
    RunningFleet fleet = await FleetHost.StartAsync(options);
    // At the same address, also where any port was asked for.
    options = options with { Listen = new(options.Listen.Address, fleet.Address.Port) };
    while (true)
    {
        fleet.Announce();
        bool isShutOut = await fleet.WaitForEndAsync();
        await fleet.EndAsync(isShutOut);
        if (!isShutOut)
            return 0;
        fleet = await FleetHost.StartAgainAsync(options);
    }
}
