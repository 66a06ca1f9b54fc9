using System.Net;
using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Profiler.Service.Hosting;
using FasterSeg.Profiler.Service.Jobs;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Profiler.Service.Tests.Engines;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace FasterSeg.Profiler.Service.Tests.Hosting;

/// <summary>The whole service on a real loopback socket, with an engine that has no device and no worker process.</summary>
internal static class FakeHost
{
    /// <summary>Starts it on any free port.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="folder">For its store and locks.</param>
    /// <param name="time">Paces it; null is the system's clock.</param>
    public static Task<WebApplication> StartAsync(FakeEngine engine, string folder, TimeProvider? time = null) =>
        StartAsync(folder, services =>
        {
            services.Replace(ServiceDescriptor.Singleton<IEngine>(engine));
            services.Replace(ServiceDescriptor.Singleton<IOperatorMeasurer, OperatorMeasurer>());
            services.Replace(ServiceDescriptor.Singleton<IModelMeasurer, ModelMeasurer>());
            if (time is not null)
                services.Replace(ServiceDescriptor.Singleton(time));
        });

    /// <summary>Starts it with other parts in place of some of its own.</summary>
    public static async Task<WebApplication> StartAsync(string folder, Action<IServiceCollection> replace)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new());
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddProfiler(
            new ProfilerHostOptions
            {
                StoreFolder = folder,
                LockFolder = folder,
                JudgesLoad = false,
                // Its upkeep runs beside a test: what goes by age and number would go at any moment.
                Retention = new()
                {
                    Versions = int.MaxValue,
                    Days = 36_500,
                    LimitMiB = int.MaxValue,
                },
            }
        );
        replace(builder.Services);
        WebApplication application = builder.Build();
        application.MapProfiler();
        await application.StartAsync(TestContext.Current.CancellationToken);
        return application;
    }
}
