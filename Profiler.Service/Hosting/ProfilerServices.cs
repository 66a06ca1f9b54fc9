using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Profiler.Service.Grpc;
using FasterSeg.Profiler.Service.Isolation;
using FasterSeg.Profiler.Service.Jobs;
using FasterSeg.Profiler.Service.Store;
using FasterSeg.Profiler.Service.Telemetry;
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
        services.AddSingleton<IEngine>(provider =>
            new CpuEngine(CpuFacts.Read(options.Threads), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<DeviceWorker>();
        services.AddSingleton(options.Limits);
        services.AddSingleton<IsolatedMeasurer>();
        services.AddSingleton<IOperatorMeasurer>(provider => provider.GetRequiredService<IsolatedMeasurer>());
        services.AddSingleton<IModelMeasurer>(provider => provider.GetRequiredService<IsolatedMeasurer>());
        services.AddSingleton<TableBuilder>();
        services.AddSingleton<TableRefresher>();
        services.AddSingleton<TableJobs>();
        services.AddSingleton(provider => DeviceLock.Take(options.LockFolder, provider.GetRequiredService<IEngine>().Device.Uuid));
        services.AddSingleton(provider => new ProfilerDatabase(options.ResolveStoreFolder(), provider.GetRequiredService<ILogger<ProfilerDatabase>>()));
        services.AddSingleton<TableStore>();
        services.AddSingleton<JobStore>();
        services.AddSingleton<OptionsReader>();
        services.AddSingleton(provider => new UploadBudget(provider.GetRequiredService<TimeProvider>()));
        services.AddGrpc(grpc => grpc.Interceptors.Add<FaultInterceptor>());
        services.AddGrpcReflection();
        services.AddGrpcHealthChecks().AddCheck("profiler", () => HealthCheckResult.Healthy());
        return services;
    }

    /// <summary>Maps the contract's services, with health and reflection.</summary>
    public static void MapProfiler(this WebApplication application)
    {
        application.MapGrpcService<ProfilerGrpcService>();
        application.MapGrpcService<LatencyTableGrpcService>();
        application.MapGrpcHealthChecksService();
        application.MapGrpcReflectionService();
    }
}
