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
if (args is [HealthProbe.Argument, var url])
    return await HealthProbe.RunAsync(url);
if (args.Contains("--help"))
{
    Console.WriteLine(ServiceArguments.Usage);
    return 0;
}
try
{
    if (args is ["new-key", var name])
    {
        (string key, string line) = AccessKeys.New(name);
        Console.WriteLine(
            "Key, for the client (FASTERSEG_PROFILER_KEY); it is not kept anywhere:\n"
                + $"{key}\nLine, for the profiler's file (--access-keys):\n{line}"
        );
        return 0;
    }
    NativeHeap.Bound();
    ProfilerHostOptions options = ServiceArguments.Parse(args);
    await using RunningProfiler profiler = await ProfilerHost.StartAsync(options, CancellationToken.None);
    profiler.Announce(options.LogFormat);
    await profiler.WaitForShutdownAsync();
    return 0;
}
catch (UserErrorException fault)
{
    await Console.Error.WriteLineAsync(fault.Message);
    return fault is UsageException ? 2 : 1;
}
