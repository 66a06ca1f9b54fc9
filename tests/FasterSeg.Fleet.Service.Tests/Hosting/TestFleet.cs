using System.Net;
using FasterSeg.Fleet.Service.Hosting;
using FasterSeg.Fleet.Service.Scheduling;
using FasterSeg.Fleet.Service.Store;
using FasterSeg.Tests;
using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;

namespace FasterSeg.Fleet.Service.Tests.Hosting;

/// <summary>A node with a store of its own, and simulated devices that joined it.</summary>
internal sealed class TestFleet : IAsyncDisposable
{
    private readonly RunningFleet fleet;
    private readonly TemporaryFolder folder;
    private readonly List<SimulatedDevice> devices = [];

    private TestFleet(RunningFleet fleet, TemporaryFolder folder)
    {
        (this.fleet, this.folder) = (fleet, folder);
        Channel = GrpcChannel.ForAddress(fleet.Address);
    }

    /// <summary>For clients that say each word themselves.</summary>
    public GrpcChannel Channel { get; }

    /// <summary>Where clients and devices call.</summary>
    public string Address => fleet.Address.ToString();

    /// <summary>What has happened.</summary>
    public IFleetStore Store => fleet.Services.GetRequiredService<IFleetStore>();

    /// <summary>The devices, in the order in which they joined.</summary>
    public IReadOnlyList<SimulatedDevice> Devices => devices;

    /// <summary>Starts a node.</summary>
    /// <param name="rules">Sizes and terms; null are the usual ones.</param>
    /// <param name="configure">Further options.</param>
    public static async Task<TestFleet> StartAsync(SchedulingRules? rules = null, Func<FleetOptions, FleetOptions>? configure = null)
    {
        var folder = new TemporaryFolder();
        var options = new FleetOptions
        {
            Listen = new IPEndPoint(IPAddress.Loopback, 0),
            Store = folder.Path,
            Rules = rules ?? new(),
        };
        return new(await FleetHost.StartAsync(configure?.Invoke(options) ?? options), folder);
    }

    /// <summary>A device joins; returns once it is welcome.</summary>
    public async Task<SimulatedDevice> AddAsync(string name, SimulatedCard card, TimeSpan? takes = null, string? key = null)
    {
        var device = new SimulatedDevice(name, card, [fleet.Address], key) { Takes = _ => takes ?? TimeSpan.FromMilliseconds(5) };
        devices.Add(device);
        device.Start();
        while (!device.IsAttached)
            await Task.Delay(10, TestContext.Current.CancellationToken);
        return device;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (SimulatedDevice device in devices)
            await device.DisposeAsync();
        Channel.Dispose();
        await fleet.DisposeAsync();
        folder.Dispose();
    }
}
