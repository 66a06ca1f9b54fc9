using System.Net;
using System.Net.Sockets;
using FasterSeg.Latency;
using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Profiler.Service.Engines.Known;
using FasterSeg.Profiler.Service.Isolation;
using FasterSeg.Profiler.Service.Jobs;
using FasterSeg.Profiler.Service.Joining;
using FasterSeg.Profiler.Service.Pages;
using FasterSeg.Profiler.Service.Security;
using FasterSeg.Profiler.Service.Store;
using FasterSeg.Profiler.Service.Telemetry;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace FasterSeg.Profiler.Service.Hosting;

/// <summary>Hosts the profiler, on its own or inside another program: the same service over the same kind of socket.</summary>
public static class ProfilerHost
{
    /// <summary>The service, built but not started.</summary>
    /// <exception cref="UsageException">
    /// The address is reachable from other machines, and neither protected nor said to be insecure; a certificate or a file of access
    /// keys cannot be used. One message tells all of it.
    /// </exception>
    public static WebApplication Build(ProfilerHostOptions options)
    {
        IReadOnlyList<string> faults = options.Faults();
        if (faults.Count > 0)
            throw ProfilerHostOptions.Refusal(faults);
        TlsSetup.Material? tls = TlsSetup.Load(options.Security);
        AccessKeys? keys = options.Security.LoadAccessKeys();

        // Nothing implicit: a host inside another program must not read that program's settings, arguments or environment.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new());
        var connections = new ConnectionGuard(TimeProvider.System);
        builder.Services.AddSingleton(connections);
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel =>
            {
                kestrel.ListenForCalls(options.Listen, options.Calls.Silence, connections, tls);
                // Numbers only, and no way to measure anything: it asks for no key.
                if (options.Metrics is not null)
                    kestrel.Listen(options.Metrics, listen =>
                    {
                        listen.Protocols = HttpProtocols.Http1;
                        connections.Watch(listen);
                    });
            });
        // Behind the others: the first address is that of the calls.
        bool hasPage = options.Page is not null && PageAddress.TryAdd(builder, options.Page, options.PageMayLack, listen =>
            {
                connections.Watch(listen);
                // As the calls have it: what is asked for a key or a certificate there is asked here.
                if (tls is null)
                    return;
                listen.Protocols = HttpProtocols.Http1AndHttp2;
                TlsSetup.Use(listen, tls, isPage: true);
            });
        if (tls is not null)
            builder.WebHost.UseKestrelHttpsConfiguration();
        if (keys is not null)
            builder.Services.AddSingleton(keys);
        options.Calls.AddTo(builder.Services);
        TelemetrySetup.Add(builder, options.Metrics);
        AddLogging(builder, options);
        // The default lifetime takes Ctrl-C for itself, which belongs to the program around.
        if (!options.Standalone)
            builder.Services.Replace(ServiceDescriptor.Singleton<IHostLifetime, GuestLifetime>());
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(5));
        builder.Services.AddProfiler(options);

        if (hasPage)
            builder.Services.AddSingleton(new PageMark());
        WebApplication application = builder.Build();
        // Who calls comes first: what nobody may ask for must take nothing of what others may.
        if (tls?.Authorities is not null)
            application.UseMiddleware<ClientCertificateGate>();
        if (keys is not null)
            application.UseMiddleware<AccessKeyGate>();
        application.UseMiddleware<ConnectionGate>();
        application.UseRateLimiter();
        if (hasPage)
            ProfilerPages.Map(application);
        else if (options.Page is not null)
            application.Logger.LogInformation(
                "There is no page for people: another program has {Page}. --page names another address.",
                options.Page
            );
        application.MapProfiler();
        TelemetrySetup.Map(application, options.Metrics);
        return application;
    }

    /// <summary>Starts the service on this machine's loopback interface, on any free port, for this program's own use.</summary>
    public static Task<RunningProfiler> StartLoopbackAsync(ProfilerHostOptions options, CancellationToken cancellation) =>
        StartAsync(options with { Listen = new(IPAddress.Loopback, 0), Standalone = false }, cancellation);

    /// <summary>Starts the service.</summary>
    /// <exception cref="UserErrorException">It cannot listen there, its folder cannot be used, or another profiler has the
    /// device.</exception>
    public static async Task<RunningProfiler> StartAsync(ProfilerHostOptions options, CancellationToken cancellation)
    {
        WebApplication application = Build(options);
        try
        {
            // Made now, so that a device or folder that cannot be used is told at the start and not to the first caller.
            application.Services.GetRequiredService<DeviceLock>();
            application.Services.GetRequiredService<TableStore>();
            application
                .Services.GetRequiredService<DeviceStore>()
                .Note(application.Services.GetRequiredService<IEngine>().Identity(new() { Threads = options.Threads }));
            // A key or certificate that cannot be used, too.
            application.Services.GetService<FleetAgent>();
            WorkerFolder.RequireRoom();
            WorkerFolder.Sweep();
            if (options.Security.Warning() is { } warning)
                application.Logger.LogWarning("{Warning}", warning);
            // Unwatched: a device that fails here was never there, and the reason is the user's to mend.
            var measurer = application.Services.GetRequiredService<IsolatedMeasurer>();
            await ProviderCheck.RunAsync(
                application.Services.GetRequiredService<CheckedEngine>(),
                application.Services.GetRequiredService<DeviceWorker>(),
                measurer,
                measurer,
                cancellation
            );
            ShowGauges(application.Services);
            await application.StartAsync(cancellation);
            var running = new RunningProfiler(application);
            application.Services.GetRequiredService<DeviceLock>().Tell(running.Address);
            application.Services.GetRequiredService<StoreLock>().Tell(running.Address);
            // A guest is there for its program's own question; what another one left goes on when it is asked for.
            if (options.Standalone)
                application.Services.GetRequiredService<TableJobs>().ResumeAll();
            return running;
        }
        catch (Exception fault)
        {
            await application.DisposeAsync();
            if (fault is not UserErrorException and (IOException or SocketException))
            {
                (IPEndPoint address, string option) = Taken(options);
                throw new UserErrorException(
                    $"The profiler cannot listen on {address}: {fault.Message.TrimEnd('.')}. Stop what uses it, or name "
                        + $"another address with {option}.",
                    fault
                );
            }
            throw;
        }
    }

    /// <summary>Which of its addresses it was that cannot be had. What the fault says of that depends on the fault.</summary>
    private static (IPEndPoint Address, string Option) Taken(ProfilerHostOptions options) =>
        new[] { (options.Listen, "--listen"), (options.Page, "--page"), (options.Metrics, "--metrics") }
            .Where(each => each.Item1 is not null && !PageAddress.IsFree(each.Item1))
            .Select(each => (each.Item1!, each.Item2))
            .FirstOrDefault((options.Listen, "--listen"));

    private static void ShowGauges(IServiceProvider services)
    {
        var telemetry = services.GetRequiredService<ProfilerTelemetry>();
        DeviceWorker device = services.GetRequiredService<DeviceWorker>();
        TableJobs jobs = services.GetRequiredService<TableJobs>();
        telemetry.Gauge("fasterseg.device_queue", "{measurement}", "Measurements that wait for the device.", () => device.Waiting);
        DeviceHealth health = services.GetRequiredService<DeviceHealth>();
        telemetry.Gauge("fasterseg.device_lost", "{device}", "1 while the device measures nothing any more, else 0.", () =>
            health.Reason is null ? 0 : 1
        );
        telemetry.Gauge("fasterseg.running_jobs", "{job}", "Table jobs that are running.", () => jobs.Count);
    }

    private static void AddLogging(WebApplicationBuilder builder, ProfilerHostOptions options)
    {
        if (!options.Standalone)
            return;
        if (options.LogFormat == LogFormat.Json)
        {
            builder.Logging.AddJsonConsole(console =>
            {
                console.IncludeScopes = true;
                console.UseUtcTimestamp = true;
                console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
            });
        }
        else
            builder.Logging.AddLines();
        builder.Logging.Quieten();
    }
}
