using FasterSeg.Profiler.Client.Mapping;
using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Profiler.Service.Grpc;
using FasterSeg.Profiler.Service.Jobs;
using FasterSeg.Profiler.Service.Joining;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Profiler.Service.Tests.Engines;
using FasterSeg.Profiler.Service.Tests.Hosting;
using FasterSeg.Profiler.Service.Tests.Jobs;
using FasterSeg.Protos.Fleet.V1;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using OperatorSpec = FasterSeg.Latency.Spaces.OperatorSpec;

namespace FasterSeg.Profiler.Service.Tests.Joining;

/// <summary>A whole profiler with a fake engine that joins fake fleets.</summary>
internal sealed class JoinedProfiler : IAsyncDisposable
{
    private readonly string folder;
    private readonly WebApplication application;

    private JoinedProfiler(string folder, WebApplication application, ListLogger<FleetAgent> log, ListLogger<HeldLeases> leases)
    {
        (this.folder, this.application, Log, Leases) = (folder, application, log, leases);
        Channel = GrpcChannel.ForAddress(application.Urls.First());
    }

    public ListLogger<FleetAgent> Log { get; }

    public ListLogger<HeldLeases> Leases { get; }

    /// <summary>To its own service.</summary>
    public GrpcChannel Channel { get; }

    public IServiceProvider Services => application.Services;

    /// <summary>Starts it.</summary>
    public static async Task<JoinedProfiler> StartAsync(
        FakeEngine engine,
        IReadOnlyList<Uri> fleets,
        Action<IServiceCollection>? replace = null
    )
    {
        string folder = Directory.CreateTempSubdirectory("fasterseg-joined-").FullName;
        var log = new ListLogger<FleetAgent>();
        var leases = new ListLogger<HeldLeases>();
        WebApplication application = await FakeHost.StartAsync(folder, services =>
        {
            services.Replace(ServiceDescriptor.Singleton<IEngine>(engine));
            services.Replace(
                ServiceDescriptor.Singleton<IOperatorMeasurer>(
                    new OperatorMeasurer(engine, engine.Time, NullLogger<OperatorMeasurer>.Instance)
                )
            );
            services.Replace(ServiceDescriptor.Singleton<IModelMeasurer>(new ModelMeasurer(engine, engine.Time)));
            services.AddJoining(new JoinOptions { Fleets = fleets, Name = "bench" });
            services.AddSingleton<ILogger<FleetAgent>>(log);
            services.AddSingleton<ILogger<HeldLeases>>(leases);
            replace?.Invoke(services);
        });
        return new(folder, application, log, leases);
    }

    /// <summary>Ends it as Ctrl-C does.</summary>
    public Task StopAsync() => application.StopAsync(TestContext.Current.CancellationToken);

    /// <summary>A stint of the tests' space.</summary>
    public static FleetMessage Stint(long lease, IEnumerable<OperatorSpec> operators, MeasurementSettings settings, bool hasSpace = true) =>
        new()
        {
            Stint = new()
            {
                Lease = lease,
                JobId = "job",
                Space = hasSpace ? JobService.Space.ToMessage() : null,
                Options = settings.ToMessage(),
                Items = { operators.Select((spec, i) => new StintItem { Position = i, Key = spec.ToString() }) },
            },
        };

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await application.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }
}
