using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Profiler.Service.Engines.Known;
using FasterSeg.Profiler.Service.Grpc;
using FasterSeg.Profiler.Service.Isolation;
using FasterSeg.Profiler.Service.Jobs;
using FasterSeg.Profiler.Service.Joining;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Profiler.Service.Pages;
using FasterSeg.Profiler.Service.Store;
using FasterSeg.Profiler.Service.Telemetry;
using FasterSeg.Protos.Profiler.V1;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace FasterSeg.Profiler.Service.Hosting;

/// <summary>What a web application needs to be a profiler.</summary>
public static class ProfilerServices
{
    /// <summary>Adds the profiler's parts.</summary>
    public static IServiceCollection AddProfiler(this IServiceCollection services, ProfilerHostOptions options)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<ProfilerTelemetry>();
        services.AddSingleton(options.Engine);
        services.AddSingleton(provider => new CheckedEngine(
            EngineFactory.Create(options.Engine, options.Threads, provider.GetRequiredService<TimeProvider>())
        ));
        services.AddSingleton<IEngine>(provider => provider.GetRequiredService<CheckedEngine>());
        services.AddSingleton(_ => new DeviceWorker(options.Calls.Waiting, TimeProvider.System));
        services.AddSingleton(options.Limits.For(options.Engine));
        services.AddSingleton(options.Calls);
        // A model is built twice: to measure it, and to see where its nodes run.
        double build = options.Limits.For(options.Engine).BuildSeconds;
        services.AddSingleton(provider => new DeviceBudget(
            provider.GetRequiredService<DeviceWorker>(),
            TimeSpan.FromSeconds(options.Calls.DeviceSeconds + (2 * build)),
            TimeSpan.FromSeconds(build / 2)
        ));
        services.AddSingleton<IsolatedMeasurer>();
        services.AddSingleton<DeviceHealth>();
        services.AddSingleton(provider => new DeviceProbe(
            provider.GetRequiredService<IsolatedMeasurer>(),
            provider.GetRequiredService<DeviceHealth>(),
            WorkerFolder.Fault
        ));
        services.AddSingleton(provider => new WatchedMeasurer(
            provider.GetRequiredService<IsolatedMeasurer>(),
            provider.GetRequiredService<IsolatedMeasurer>(),
            provider.GetRequiredService<DeviceProbe>(),
            provider.GetRequiredService<DeviceHealth>(),
            provider.GetRequiredService<ILogger<WatchedMeasurer>>()
        ));
        services.AddSingleton<IOperatorMeasurer>(provider => provider.GetRequiredService<WatchedMeasurer>());
        services.AddSingleton<IModelMeasurer>(provider => provider.GetRequiredService<WatchedMeasurer>());
        services.AddSingleton<DeviceRecovery>();
        services.AddHostedService(provider => provider.GetRequiredService<DeviceRecovery>());
        services.AddSingleton<OperatorSessions>();
        services.AddSingleton<DevicePaces>();
        // Of a GPU the machine's memory tells nothing; its sentinel does.
        if (options.JudgesLoad)
            services.AddSingleton(provider => new DeviceLoad(
                provider.GetRequiredService<DevicePaces>(),
                options.Engine.IsCpu ? new HostProbe(provider.GetRequiredService<TimeProvider>()) : null
            ));
        services.AddSingleton<TableBuilder>();
        services.AddSingleton<TableRefresher>();
        services.AddSingleton<TableJobs>();
        services.AddSingleton(provider =>
            DeviceLock.Take(options.LockFolder, provider.GetRequiredService<IEngine>().Device.Uuid, options.SharesDevice)
        );
        services.AddSingleton(_ => StoreLock.Take(options.ResolveStoreFolder()));
        services.AddSingleton<StoreHealth>();
        services.AddSingleton<StorePatience>();
        services.AddSingleton(provider => new ProfilerDatabase(
            options.ResolveStoreFolder(),
            provider.GetRequiredService<ILogger<ProfilerDatabase>>(),
            provider.GetRequiredService<StoreHealth>(),
            provider.GetRequiredService<StoreLock>().File
        ));
        services.AddSingleton(options.Retention);
        services.AddSingleton<Retention>();
        services.AddHostedService<StoreUpkeep>();
        services.AddSingleton<DeviceStore>();
        services.AddSingleton<TableStore>();
        services.AddSingleton<JobStore>();
        services.AddSingleton(provider => new TableFindings(provider.GetRequiredService<TableStore>(), options.ResolveStoreFolder()));
        services.AddSingleton<ProfilerPages>();
        services.AddSingleton(provider => new OptionsReader(provider.GetRequiredService<IEngine>()));
        services.AddSingleton(UploadBudget.For((long)options.Calls.UploadMiB << 20));
        services.AddJoining(options.Join);
        services.AddGrpc(grpc => grpc.Interceptors.Add<FaultInterceptor>());
        services.AddGrpcReflection();
        services
            .AddGrpcHealthChecks(health =>
            {
                // The service as a whole has the name "" and all checks, the device's too. Finished tables are there without a device.
                health.Services.Map(ProfilerService.Descriptor.FullName, check =>
                    check.Name is DeviceHealthCheck.Name or StoreHealthCheck.Name
                );
                health.Services.Map(LatencyTableService.Descriptor.FullName, check => check.Name != DeviceHealthCheck.Name);
            })
            .AddCheck("profiler", () => HealthCheckResult.Healthy())
            .AddCheck<StoreHealthCheck>(StoreHealthCheck.Name)
            .AddCheck<DeviceHealthCheck>(DeviceHealthCheck.Name);
        // How soon a watcher of the health learns of a change.
        services.Configure<HealthCheckPublisherOptions>(publishing =>
            (publishing.Delay, publishing.Period) = (TimeSpan.Zero, TimeSpan.FromSeconds(5))
        );
        return services;
    }

    /// <summary>Maps the contract's services, with health and reflection.</summary>
    public static void MapProfiler(this WebApplication application)
    {
        IServiceProvider services = application.Services;
        application.MapGrpcService<ProfilerGrpcService>().Metered(services);
        application.MapGrpcService<LatencyTableGrpcService>().Metered(services);
        application.MapGrpcHealthChecksService().Metered(services);
        application.MapGrpcReflectionService().Metered(services);
    }
}
