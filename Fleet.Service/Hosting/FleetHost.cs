using System.Net.Sockets;
using FasterSeg.Fleet.Service.Devices;
using FasterSeg.Fleet.Service.Grpc;
using FasterSeg.Fleet.Service.Membership;
using FasterSeg.Fleet.Service.Store;
using FasterSeg.Fleet.Service.Tables;
using FasterSeg.Latency;
using FasterSeg.Profiler.Service;
using FasterSeg.Profiler.Service.Grpc;
using FasterSeg.Profiler.Service.Hosting;
using FasterSeg.Profiler.Service.Security;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace FasterSeg.Fleet.Service.Hosting;

/// <summary>Hosts a node: front and silo in one process.</summary>
internal static class FleetHost
{
    // A device is one call for as long as it is there.
    private const int MostCalls = 50_000;
    private const string LockFile = "fleet.lock",
        Service = "fleet";

    private static readonly TimeSpan Again = TimeSpan.FromSeconds(5);

    /// <summary>Starts a node.</summary>
    /// <exception cref="UsageException">Its options are wrong.</exception>
    /// <exception cref="UserErrorException">The store cannot be used, or it cannot listen there.</exception>
    /// <exception cref="OperationCanceledException">It was asked to end before it was up.</exception>
    public static async Task<RunningFleet> StartAsync(FleetOptions options, CancellationToken cancellation = default)
    {
        options.ThrowIfWrong();
        while (true)
        {
            if (await TryStartAsync(options, cancellation) is { } fleet)
                return fleet;
            await Task.Delay(Again, cancellation);
        }
    }

    /// <summary>Starts a node; null where the others took it for dead before it was up, as on a machine that is far too busy.</summary>
    private static async Task<RunningFleet?> TryStartAsync(FleetOptions options, CancellationToken cancellation)
    {
        FleetStore store = await FleetStore.OpenAsync(options.Store, time: null, cancellation);
        HeldFile? held;
        try
        {
            if (options.HasServer)
            {
                Silo.RequireFree(options.Silo);
                await NodeBuilds.RequireAsync(store.Database, Silo.Cluster, NodeBuilds.Patience, cancellation);
            }
            held = options.HasServer ? null : Hold(options.Store);
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
        WebApplication application = Build(options, store);
        try
        {
            await application.StartAsync(cancellation);
            return new(application, options, held);
        }
        catch (Exception fault)
        {
            bool isShutOut = application.Services.GetRequiredService<ShutOut>().HasHappened,
                isEnded = application.Lifetime.ApplicationStopping.IsCancellationRequested;
            await application.DisposeAsync();
            await store.DisposeAsync();
            held?.Dispose();
            if (isShutOut)
                return null;
            if (isEnded)
                throw new OperationCanceledException("The node was asked to end before it was up.", fault);
            if (fault is not UserErrorException and (IOException or SocketException))
                throw new UserErrorException(
                    $"The fleet cannot listen on {options.Listen}: {fault.Message.TrimEnd('.')}. Stop what uses it, or name another "
                        + "address with --listen.",
                    fault
                );
            throw;
        }
    }

    /// <summary>Starts a node again that was shut out; where the store is away, too, or its address not free yet, until it can
    /// be.</summary>
    public static async Task<RunningFleet> StartAgainAsync(FleetOptions options)
    {
        while (true)
        {
            try
            {
                return await StartAsync(options);
            }
            catch (UserErrorException fault) when (fault is not UsageException)
            {
                await Console.Error.WriteLineAsync($"{fault.Message} This node tries again in {Again.TotalSeconds:0} s.");
                await Task.Delay(Again);
            }
        }
    }

    /// <summary>Two nodes on one folder would not know each other.</summary>
    private static HeldFile Hold(string folder) =>
        HeldFile.TryTake(Path.Combine(folder, LockFile))
        ?? throw new UserErrorException(
            $"Another fleet uses the folder '{folder}' already: stop that one, or name another folder with --store. A fleet of several "
                + "nodes needs PostgreSQL."
        );

    private static WebApplication Build(FleetOptions options, FleetStore store)
    {
        TlsSetup.Material? tls = TlsSetup.Load(options.Security);
        AccessKeys? keys = options.Security.LoadAccessKeys(ofFleet: true);
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new());
        var connections = new ConnectionGuard(TimeProvider.System, options.Connections);
        builder.Services.AddSingleton(connections);
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel => kestrel.ListenForCalls(options.Listen, options.Rules.SignEvery, connections, tls));
        if (tls is not null)
            builder.WebHost.UseKestrelHttpsConfiguration();
        if (keys is not null)
            builder.Services.AddSingleton(keys);
        new CallLimits
        {
            AtATime = MostCalls,
            InTenSeconds = MostCalls,
            Service = Service,
        }.AddTo(builder.Services);
        AddLogging(builder, options);
        if (!options.Standalone)
            builder.Services.Replace(ServiceDescriptor.Singleton<IHostLifetime, GuestLifetime>());
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(10));
        AddParts(builder.Services, options, store);
        Silo.Add(builder, options, store);

        WebApplication application = builder.Build();
        application.Services.GetService<SiloTrust>()?.TellTo(application.Services.GetRequiredService<ILogger<SiloTrust>>());
        if (tls?.Authorities is not null)
            application.UseMiddleware<ClientCertificateGate>(Service);
        if (keys is not null)
        {
            application.UseMiddleware<AccessKeyGate>(Service);
            application.UseMiddleware<RoleGate>();
        }
        application.UseMiddleware<ConnectionGate>();
        application.UseRateLimiter();
        application.MapGrpcService<FleetProfilerService>();
        application.MapGrpcService<FleetTableService>();
        application.MapGrpcService<FleetGrpcService>();
        application.MapGrpcService<AgentGrpcService>();
        application.MapGrpcService<SweepGrpcService>();
        application.MapGrpcService<ChainGrpcService>();
        application.MapGrpcHealthChecksService();
        application.MapGrpcReflectionService();
        return application;
    }

    private static void AddParts(IServiceCollection services, FleetOptions options, FleetStore store)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton(options.Rules);
        services.AddSingleton(options.Limits);
        services.AddSingleton(options.Retention);
        services.AddSingleton(store);
        services.AddSingleton<IFleetStore>(store);
        services.AddSingleton<ISweepStore>(new SweepStore(store.Database, TimeProvider.System));
        services.AddSingleton<TableFinisher>();
        services.AddSingleton<ResultWriter>();
        services.AddHostedService(provider => provider.GetRequiredService<ResultWriter>());
        services.AddSingleton<DeviceLookups>();
        services.AddSingleton<SessionParts>();
        services.AddSingleton<DeviceSessions>();
        services.AddHostedService(provider => provider.GetRequiredService<DeviceSessions>());
        services.AddHostedService<Upkeep>();
        services.AddHostedService<ChainUpkeep>();
        services.AddSingleton<PoolSelection>();
        services.AddSingleton<JobWatch>();
        services.AddSingleton<JobPauses>();
        services.AddSingleton<JobLoads>();
        services.AddSingleton<FleetJobs>();
        services.AddGrpc(grpc =>
        {
            grpc.Interceptors.Add<FaultInterceptor>(Service);
            // Behind it: what this one tells stays as it is.
            grpc.Interceptors.Add<ClusterFaults>();
        });
        services.AddGrpcReflection();
        services
            .AddGrpcHealthChecks(health => health.Services.Map(FleetGrpcService.FullName, _ => true))
            .AddCheck("fleet", () => HealthCheckResult.Healthy())
            .AddCheck<StoreCheck>("store");
    }

    private static void AddLogging(WebApplicationBuilder builder, FleetOptions options)
    {
        if (!options.Standalone)
            return;
        builder
            .Logging.AddLines()
            .Quieten()
            // What it tells of nodes that come and go is told by the fleet in its own words.
            .AddFilter("Orleans", LogLevel.Critical)
            .AddFilter("Polly", LogLevel.None);
    }
}
