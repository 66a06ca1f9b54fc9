using FasterSeg.Profiler.Service.Hosting;
using FasterSeg.Profiler.Service.Tests.Hosting;
using FasterSeg.Protos.Profiler.V1;
using Grpc.Core;
using Grpc.Net.Client;

[assembly: AssemblyFixture(typeof(ProfilerFixture))]

namespace FasterSeg.Profiler.Service.Tests.Hosting;

/// <summary>One real profiler on a real loopback socket, for all tests that talk to one.</summary>
public sealed class ProfilerFixture : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("fasterseg-profiler-").FullName;
    private RunningProfiler? profiler;
    private GrpcChannel? channel;

    /// <summary>Options that measure roughly and fast.</summary>
    public static MeasurementOptions Rough =>
        new()
        {
            RelativeHalfWidth = 0.3,
            MinimumSamples = 6,
            MaximumSeconds = 0.01,
        };

    /// <summary>One session each, which is enough where so wide an interval is: for tables of which the numbers are not the
    /// point.</summary>
    public static MeasurementOptions Once =>
        new()
        {
            RelativeHalfWidth = 0.5,
            MinimumSamples = 6,
            MaximumSeconds = 0.01,
            Sessions = 1,
        };

    /// <summary>The smallest space there is.</summary>
    public static SearchSpace TinySpace =>
        new()
        {
            Height = 64,
            Width = 64,
            Fch = 8,
            WidthRatios = { 0.5, 8.0 / 12 },
            Layers = 4,
            Classes = 3,
            TeacherStemRatio = 8.0 / 12,
            TeacherHeadRatio = 8.0 / 12,
            StudentStemRatio = 0.5,
            StudentHeadRatio = 0.5,
        };

    public GrpcChannel Channel => channel!;

    public RunningProfiler Profiler => profiler!;

    public ProfilerService.ProfilerServiceClient Measuring => new(Channel);

    public LatencyTableService.LatencyTableServiceClient Tables => new(Channel);

    public async ValueTask InitializeAsync()
    {
        profiler = await ProfilerHost.StartLoopbackAsync(
            new ProfilerHostOptions
            {
                StoreFolder = folder,
                LockFolder = folder,
                JudgesLoad = false,
            },
            CancellationToken.None
        );
        channel = GrpcChannel.ForAddress(profiler.Address);
    }

    public async ValueTask DisposeAsync()
    {
        channel?.Dispose();
        if (profiler is not null)
            await profiler.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Reads a stream to its end.</summary>
    public static async Task<List<T>> CollectAsync<T>(IAsyncStreamReader<T> stream)
    {
        var all = new List<T>();
        await foreach (T each in stream.ReadAllAsync(TestContext.Current.CancellationToken))
            all.Add(each);
        return all;
    }
}
