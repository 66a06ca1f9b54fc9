using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Profiler.Service.Jobs;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Profiler.Service.Tests.Engines;
using FasterSeg.Profiler.Service.Tests.Hosting;
using FasterSeg.Profiler.Service.Tests.Measuring;
using FasterSeg.Protos.Profiler.V1;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Abstractions;
using static Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace FasterSeg.Profiler.Service.Tests.Jobs;

/// <summary>A device that goes away and comes back, under a whole service with a fake engine and a fake clock.</summary>
public sealed class LostDeviceTests : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("fasterseg-lost-").FullName;
    private readonly WaitingTime time = new();
    private readonly FakeEngine engine;
    private readonly FailingMeasurer measurer;
    private volatile bool isGone;
    private int goneAfter = int.MaxValue;
    private WebApplication? application;
    private GrpcChannel? channel;

    public LostDeviceTests()
    {
        var ticking = new SyntheticTime();
        engine = new FakeEngine
        {
            Time = ticking,
            Running = _ => ticking.Advance(1),
            Opening = Open,
        };
        measurer = new(new OperatorMeasurer(engine, engine.Time, NullLogger<OperatorMeasurer>.Instance));
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private ProfilerService.ProfilerServiceClient Client => new(channel);

    private DeviceHealth DeviceHealth => application!.Services.GetRequiredService<DeviceHealth>();

    public async ValueTask InitializeAsync()
    {
        application = await FakeHost.StartAsync(folder, services =>
        {
            services.Replace(ServiceDescriptor.Singleton<IEngine>(engine));
            services.Replace(
                ServiceDescriptor.Singleton(provider => new DeviceProbe(measurer, provider.GetRequiredService<DeviceHealth>()))
            );
            services.Replace(
                ServiceDescriptor.Singleton(provider => new WatchedMeasurer(
                    measurer,
                    new ModelMeasurer(engine, engine.Time),
                    provider.GetRequiredService<DeviceProbe>(),
                    provider.GetRequiredService<DeviceHealth>(),
                    NullLogger<WatchedMeasurer>.Instance
                ))
            );
            services.Replace(
                ServiceDescriptor.Singleton(provider => new DeviceRecovery(
                    provider.GetRequiredService<DeviceHealth>(),
                    provider.GetRequiredService<DeviceProbe>(),
                    provider.GetRequiredService<DeviceWorker>(),
                    time,
                    NullLogger<DeviceRecovery>.Instance
                ))
            );
        });
        channel = GrpcChannel.ForAddress(application.Urls.First());
    }

    public async ValueTask DisposeAsync()
    {
        channel?.Dispose();
        if (application is not null)
            await application.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_table_waits_for_the_device_and_has_no_failed_entry()
    {
        goneAfter = 40;
        using AsyncServerStreamingCall<BuildTableResponse> call = Client.BuildTable(
            new() { Space = ProfilerFixture.TinySpace, Options = ProfilerFixture.Once },
            cancellationToken: Cancellation
        );
        Task<List<BuildTableResponse>> watching = ProfilerFixture.CollectAsync(call.ResponseStream);
        int measured = 0;
        foreach (int seconds in new[] { 1, 2, 4, 8, 16, 32, 60, 60 })
        {
            WaitingTime.Waiting wait = await time.NextAsync(Cancellation);
            Assert.Equal(seconds, wait.Span.TotalSeconds);
            if (measured == 0)
                measured = engine.Opened.Count;
            // Looked for in vain, and nothing else is tried in between.
            Assert.Equal(measured, engine.Opened.Count);
            Assert.False(watching.IsCompleted);
            wait.GoOn();
        }
        WaitingTime.Waiting last = await time.NextAsync(Cancellation);
        (goneAfter, isGone) = (int.MaxValue, false);
        last.GoOn();

        string id = (await watching)[^1].TableId;
        LatencyTable table = application!.Services.GetRequiredService<FasterSeg.Profiler.Service.Store.TableStore>().Find(id)!.Table;
        Assert.DoesNotContain(table.Entries, entry => entry.Failure is not null);
        Assert.Equal(Operators(), table.Entries.Count(entry => entry.Origin == EntryOrigin.Measured));
    }

    [Fact]
    public async Task While_the_device_is_lost_health_says_so_and_new_measurements_are_refused()
    {
        Assert.Equal((Serving, Serving, Serving), await HealthAsync());
        isGone = true;
        await AssertRefusedAsync();
        Assert.Equal((NotServing, NotServing, Serving), await HealthAsync());
        // Not even tried.
        int opened = measurer.Asked;
        await AssertRefusedAsync();
        using AsyncServerStreamingCall<BuildTableResponse> build = Client.BuildTable(
            new() { Space = ProfilerFixture.TinySpace },
            cancellationToken: Cancellation
        );
        Assert.Equal(
            StatusCode.Unavailable,
            (await Assert.ThrowsAsync<RpcException>(() => ProfilerFixture.CollectAsync(build.ResponseStream))).StatusCode
        );
        Assert.Equal(opened, measurer.Asked);

        WaitingTime.Waiting wait = await time.NextAsync(Cancellation);
        Task found = FoundAsync();
        isGone = false;
        wait.GoOn();
        await found;
        Assert.Equal((Serving, Serving, Serving), await HealthAsync());
        Assert.Equal("", (await MeasureAsync())[0].Failure);
    }

    [Fact]
    public async Task An_operator_that_fails_alone_is_a_failed_entry_and_the_device_is_there()
    {
        measurer.Fails = (spec, _) => spec != DeviceProbe.Tiny;
        Assert.Equal("refused", (await MeasureAsync())[0].Failure);
        Assert.Equal((Serving, Serving, Serving), await HealthAsync());
        Assert.Equal((2, 0), (measurer.Asked, measurer.Renewed));
    }

    [Fact]
    public async Task An_operator_that_another_one_broke_the_process_for_is_measured_in_a_fresh_one()
    {
        measurer.Fails = (_, renewed) => renewed == 0;
        Assert.Equal("", (await MeasureAsync())[0].Failure);
        Assert.Equal((6, 1), (measurer.Asked, measurer.Renewed));
    }

    [Fact]
    public async Task An_operator_whose_process_ended_is_tried_once_more_without_a_look_at_the_device()
    {
        measurer.Interrupts = 1;
        Assert.Equal("", (await MeasureAsync())[0].Failure);
        Assert.Equal((4, 0), (measurer.Asked, measurer.Renewed));
    }

    [Fact]
    public async Task An_operator_that_ends_its_process_again_is_a_failed_entry_and_the_device_is_looked_at()
    {
        measurer.Interrupts = 2;
        Assert.Equal("interrupted", (await MeasureAsync())[0].Failure);
        Assert.Equal((3, 0), (measurer.Asked, measurer.Renewed));
    }

    private void Open(string name)
    {
        if (engine.Opened.Count >= goneAfter)
            isGone = true;
        if (isGone)
            throw new UnusableModelException("no device");
    }

    private static int Operators() =>
        new FasterSeg.Latency.Spaces.SearchSpace(64, 64, 8, [0.5, 8.0 / 12], 4, 3, 8.0 / 12, 8.0 / 12, 0.5, 0.5)
            .Operators(full: true)
            .Count(spec => !spec.IsZeroByDefinition);

    private async Task FoundAsync()
    {
        Task? found = null;
        try
        {
            DeviceHealth.ThrowIfLost();
        }
        catch (DeviceLostException lost)
        {
            found = lost.Found;
        }
        await found!.WaitAsync(Cancellation);
    }

    private async Task AssertRefusedAsync()
    {
        var refusal = await Assert.ThrowsAsync<RpcException>(MeasureAsync);
        Assert.Equal(StatusCode.Unavailable, refusal.StatusCode);
        Assert.Equal("The device is lost: no device. The profiler goes on looking for it; ask again later.", refusal.Status.Detail);
    }

    private async Task<List<MeasureOperatorsResponse>> MeasureAsync()
    {
        using AsyncServerStreamingCall<MeasureOperatorsResponse> call = Client.MeasureOperators(
            new() { Keys = { "conv h8 w8 c16-16 s1" } },
            cancellationToken: Cancellation
        );
        return await ProfilerFixture.CollectAsync(call.ResponseStream);
    }

    private async Task<(
        HealthCheckResponse.Types.ServingStatus Whole,
        HealthCheckResponse.Types.ServingStatus Measuring,
        HealthCheckResponse.Types.ServingStatus Tables
    )> HealthAsync()
    {
        var client = new Health.HealthClient(channel);
        HealthCheckResponse[] answers = await Task.WhenAll(
            new[] { "", "fasterseg.profiler.v1.ProfilerService", "fasterseg.profiler.v1.LatencyTableService" }.Select(service =>
                client.CheckAsync(new() { Service = service }, cancellationToken: Cancellation).ResponseAsync
            )
        );
        return (answers[0].Status, answers[1].Status, answers[2].Status);
    }

    /// <summary>Measures, but for what fails.</summary>
    private sealed class FailingMeasurer(IOperatorMeasurer inner) : IOperatorMeasurer
    {
        public Func<OperatorSpec, int, bool> Fails { get; set; } = (_, _) => false;

        /// <summary>How many of the next measurements end with their process.</summary>
        public int Interrupts { get; set; }

        public int Asked { get; private set; }

        public int Renewed { get; private set; }

        public OperatorSession Measure(OperatorSpec spec, MeasurementSettings settings, CancellationToken cancellation)
        {
            Asked++;
            if (Interrupts > 0)
            {
                Interrupts--;
                return new(LatencyEntry.Failed(spec, "interrupted"), Interrupted: true);
            }
            return Fails(spec, Renewed) ? new(LatencyEntry.Failed(spec, "refused")) : inner.Measure(spec, settings, cancellation);
        }

        public void Renew() => Renewed++;
    }
}
