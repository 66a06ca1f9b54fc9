using FasterSeg.Fleet.Service.Merging;
using FasterSeg.Fleet.Service.Store;
using FasterSeg.Latency.Spaces;
using FasterSeg.Profiler.Service.Jobs;
using FasterSeg.Protos.Fleet.V1;
using FasterSeg.Protos.Profiler.V1;
using FasterSeg.Tests;
using DeviceHealth = FasterSeg.Protos.Fleet.V1.DeviceHealth;

namespace FasterSeg.Fleet.Service.Tests.Hosting;

/// <summary>Devices whose numbers or results are none of their pool's, through a node.</summary>
public sealed class HealthTests
{
    private static readonly TimeSpan AnItem = TimeSpan.FromMilliseconds(20);

    // Of the operators that cards are compared on, and of the others.
    private static readonly string[] Compared =
    [
        .. CalibrationPlan.Of(ContractClients.Space, CalibrationPlan.Most).Select(spec => spec.ToString()),
    ];
    private static readonly string[] Others =
    [
        .. OperatorWork.Of(ContractClients.Space).ToMeasure.Select(spec => spec.ToString()).Except(Compared),
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_card_of_which_one_kind_is_off_is_refused_and_others_do_its_work()
    {
        await using TestFleet fleet = await TestFleet.StartAsync();
        await fleet.AddAsync("card-0", new SimulatedCard { Seed = 1 }, AnItem);
        await fleet.AddAsync("card-1", new SimulatedCard { Seed = 2 }, AnItem);
        var off = new SimulatedCard
        {
            Seed = 3,
            KindFactors = new Dictionary<OperatorKind, double> { [OperatorKind.Conv] = 1.02 },
        };
        SimulatedDevice refused = await fleet.AddAsync("card-2", off, AnItem);
        var clients = new ContractClients(fleet);
        var jobs = new List<string>();
        FleetDevice device;
        do
        {
            jobs.Add((await clients.BuildAsync(ContractClients.Table((ulong)jobs.Count + 1)))[^1].JobId);
            device = await DeviceAsync(clients, "card-2");
        } while (device.Health == DeviceHealth.Unknown);

        Assert.Equal(DeviceHealth.Disagrees, device.Health);
        Assert.StartsWith(
            "Beside the reference its kinds of operators disagree: conv 2.",
            device.Reason.Replace("1.9", "2.", StringComparison.Ordinal),
            StringComparison.Ordinal
        );
        Assert.Contains("% slower", device.Reason, StringComparison.Ordinal);
        jobs.Add((await clients.BuildAsync(ContractClients.Table(100)))[^1].JobId);
        foreach (string job in jobs)
        {
            IReadOnlyList<ItemRow> items = await fleet.Store.ItemsAsync(job, cancellation: Cancellation);
            Assert.All(items, item => Assert.Contains(item.Device, (string[])["card-0", "card-1"]));
        }
        Assert.All(refused.Measured.Keys, each => Assert.True(each.Position < 0, $"It measured item {each.Position} of a job."));
        Assert.Equal(DeviceHealth.Good, (await DeviceAsync(clients, "card-1")).Health);
    }

    [Fact]
    public async Task A_device_that_fails_at_what_others_can_do_is_set_aside_until_it_is_absolved()
    {
        bool isBroken = false;
        await using TestFleet fleet = await TestFleet.StartAsync();
        await fleet.AddAsync("card-0", new SimulatedCard { Seed = 1 }, AnItem);
        await fleet.AddAsync("card-1", new SimulatedCard { Seed = 2, Fails = _ => isBroken ? "out of memory" : null }, AnItem);
        var clients = new ContractClients(fleet);
        do await clients.BuildAsync(ContractClients.Table());
        while ((await DeviceAsync(clients, "card-1")).Health == DeviceHealth.Unknown);
        Assert.Equal(DeviceHealth.Good, (await DeviceAsync(clients, "card-1")).Health);

        isBroken = true;
        BuildTableResponse built = (await clients.BuildAsync(ContractClients.Table(2)))[^1];
        Assert.Equal(0, built.FailedEntries);
        FleetDevice aside = await DeviceAsync(clients, "card-1");
        Assert.Equal(DeviceHealth.Bad, aside.Health);
        Assert.Matches("^it failed at '.+', which device card-0 could measure$", aside.Reason);
        BuildTableResponse alone = (await clients.BuildAsync(ContractClients.Table(3)))[^1];
        Assert.All(await fleet.Store.ItemsAsync(alone.JobId, cancellation: Cancellation), item => Assert.Equal("card-0", item.Device));

        isBroken = false;
        SetDeviceResponse absolved = await clients.Lab.SetDeviceAsync(
            new() { Id = "card-1", Absolve = true },
            cancellationToken: Cancellation
        );
        Assert.NotEqual(DeviceHealth.Bad, absolved.Device.Health);
        string job;
        do job = (await clients.BuildAsync(ContractClients.Table(4)))[^1].JobId;
        while ((await fleet.Store.ItemsAsync(job, cancellation: Cancellation)).All(item => item.Device == "card-0"));
        Assert.Equal(DeviceHealth.Good, (await DeviceAsync(clients, "card-1")).Health);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_operator_that_fails_everywhere_is_a_failed_entry_and_nobodys_fault(bool isCompared)
    {
        string bad = isCompared ? Compared[3] : Others[3];
        Func<string, string?> fails = key => key == bad ? "the engine cannot build it" : null;
        await using TestFleet fleet = await TestFleet.StartAsync();
        await fleet.AddAsync("card-0", new SimulatedCard { Seed = 1, Fails = fails }, AnItem);
        SimulatedDevice other = await fleet.AddAsync("card-1", new SimulatedCard { Seed = 2, Fails = fails }, AnItem);
        var clients = new ContractClients(fleet);
        string job;
        do
        {
            List<BuildTableResponse> told = await clients.BuildAsync(ContractClients.Table());
            Assert.Equal(1, told[^1].FailedEntries);
            job = told[^1].JobId;
            ItemRow item = (await fleet.Store.ItemAsync(job, bad, Cancellation))!;
            Assert.Contains("the engine cannot build it", item.Entry, StringComparison.Ordinal);
        } while ((await fleet.Store.ItemsAsync(job, cancellation: Cancellation)).All(each => each.Device == "card-0"));
        foreach (string name in new[] { "card-0", "card-1" })
            Assert.Equal(DeviceHealth.Good, (await DeviceAsync(clients, name)).Health);
        Assert.True(other.Measured.Values.Max() < 20, $"It measured one operator {other.Measured.Values.Max()} times.");
    }

    private static async Task<FleetDevice> DeviceAsync(ContractClients clients, string id) =>
        (await clients.Lab.ListDevicesAsync(new(), cancellationToken: Cancellation)).Devices.Single(device => device.Id == id);
}
