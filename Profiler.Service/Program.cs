using System.CommandLine;
using System.CommandLine.Help;
using FasterSeg.Latency;
using FasterSeg.Profiler.Service.Configuration;
using FasterSeg.Profiler.Service.Grpc;
using FasterSeg.Profiler.Service.Hosting;
using FasterSeg.Profiler.Service.Isolation;
using FasterSeg.Profiler.Service.Security;

// A service's user may have no home, and .NET does not look for certificates without one.
if (!OperatingSystem.IsWindows() && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("HOME")))
    Environment.SetEnvironmentVariable("HOME", Path.GetTempPath());
if (WorkerHost.IsWorker(args))
    return WorkerHost.RunProcess(args);

Argument<string> name = new("NAME") { Description = "whose key it is" },
    url = new("URL") { Description = "the profiler's address, on this machine" };
Command newKey = new("new-key", "make an access key") { name },
    health = new("health", "exit code 0 where a profiler on this machine serves at URL") { url };
newKey.SetAction(parsed => MakeKey(parsed.GetRequiredValue(name)));
health.SetAction((parsed, _) => HealthProbe.RunAsync(parsed.GetRequiredValue(url)));
Command compact = ServiceArguments.Command(Compaction.Argument, "make the store small, while no profiler uses it; takes the same options");
RootCommand root = ServiceArguments.Command();
root.Subcommands.Add(newKey);
root.Subcommands.Add(health);
root.Subcommands.Add(compact);
try
{
    ParseResult parsed = root.Parse(args, new() { ResponseFileTokenReplacer = null });
    // What is wrong with the options is told together with what is wrong in other places.
    if (parsed.CommandResult.Command == root && parsed.Action is not HelpAction)
        return await ServeAsync(ServiceConfiguration.Load(args));
    if (args is [Compaction.Argument, .. var rest] && parsed.Action is not HelpAction)
        return Compact(ServiceConfiguration.Load(rest));
    if (parsed.Errors is [var fault, ..] && parsed.Action is not HelpAction)
        throw new UsageException(fault.Message);
    return await parsed.InvokeAsync(new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
}
catch (UserErrorException fault)
{
    await Console.Error.WriteLineAsync(fault.Message);
    return fault is UsageException ? 2 : 1;
}

static int MakeKey(string owner)
{
    (string key, string line) = AccessKeys.New(owner);
    Console.WriteLine(
        "Key, for the client (FASTERSEG_PROFILER_KEY); it is not kept anywhere:\n"
            + $"{key}\nLine, for the profiler's file (--access-keys):\n{line}"
    );
    return 0;
}

static int Compact(ProfilerHostOptions options)
{
    using ILoggerFactory loggers = LoggerFactory.Create(logging => logging.AddSimpleConsole(console => console.SingleLine = true));
    Console.WriteLine(Compaction.Run(options, loggers));
    return 0;
}

static async Task<int> ServeAsync(ProfilerHostOptions options)
{
    NativeHeap.Bound();
    await using RunningProfiler profiler = await ProfilerHost.StartAsync(options, CancellationToken.None);
    profiler.Announce(options.LogFormat);
    await profiler.WaitForShutdownAsync();
    return 0;
}
