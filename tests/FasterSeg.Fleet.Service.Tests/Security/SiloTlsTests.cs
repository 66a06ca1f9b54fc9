using System.Net;
using FasterSeg.Fleet.Service.Hosting;
using FasterSeg.Fleet.Service.Tests.Chaos;
using FasterSeg.Fleet.Service.Tests.Databases;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Client;
using FasterSeg.Profiler.Service.Tests.Security;
using FasterSeg.Tests;
using Microsoft.Extensions.DependencyInjection;

namespace FasterSeg.Fleet.Service.Tests.Security;

/// <summary>A node that shows no certificate of the lab's gets into no cluster, also where it has the database's password.</summary>
public sealed class SiloTlsTests(SharedPostgres postgres)
{
    private static readonly SearchSpace Space = new(64, 64, Fch: 4, [1], Layers: 4, Classes: 3, 1, 1, 1, 1);

    // What an intruder gets to try: several probes, and more than a death takes to be declared.
    private static readonly TimeSpan Trying = TimeSpan.FromSeconds(15);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_node_of_no_or_another_authority_gets_in_nowhere_and_the_others_go_on(bool hasCertificate)
    {
        string database = await postgres.NewDatabaseAsync();
        using MadeCertificates lab = new(),
            other = new();
        await using RunningFleet one = await FleetHost.StartAsync(Node(database, lab), Cancellation),
            two = await FleetHost.StartAsync(Node(database, lab), Cancellation);
        await UntilAsync(one, active => active == 2);
        await UntilAsync(two, active => active == 2);
        await using var device = new SimulatedDevice("card-0", new SimulatedCard(), [two.Address])
        {
            Takes = _ => TimeSpan.FromMilliseconds(5),
        };
        device.Start();
        while (!device.IsAttached)
            await Task.Delay(10, Cancellation);
        await BuildAsync(one, seed: 1);

        // A process of its own: Orleans ends the process of a node that is shut out.
        string[] shown = hasCertificate ? ["--silo-certificate", other.Issue("silo.pem", use: null), "--silo-ca", other["ca.pem"]] : [];
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(Trying);
        Exception? refused = await Record.ExceptionAsync(() => NodeProcess.StartAsync(database, patience.Token, shown));
        Assert.True(refused is InvalidOperationException or OperationCanceledException, $"It got in: {refused}");

        foreach (RunningFleet node in new[] { one, two })
        {
            string[] active = [.. Members(node).Where(each => each.Status == SiloStatus.Active).Select(each => $"{each.SiloAddress}")];
            Assert.Equal(2, active.Length);
            Assert.DoesNotContain(Members(node), each => each.Status == SiloStatus.Dead && active.Contains($"{each.SiloAddress}"));
        }
        Assert.Equal(Address(one), Address(one, seenBy: two));
        await BuildAsync(one, seed: 2);
        await BuildAsync(two, seed: 3);
        Assert.Equal(1, device.Welcomes);

        // With a certificate of the lab's that same program gets in.
        string[] right = ["--silo-certificate", lab.Issue("fourth.pem", use: null), "--silo-ca", lab["ca.pem"]];
        await using NodeProcess fourth = await NodeProcess.StartAsync(database, Cancellation, right);
        await UntilAsync(one, active => active == 3);
    }

    private static FleetOptions Node(string database, MadeCertificates of) =>
        new()
        {
            Listen = new(IPAddress.Loopback, 0),
            Store = database,
            SiloCertificate = of.Issue("silo.pem", use: null),
            SiloAuthority = of["ca.pem"],
        };

    private static async Task BuildAsync(RunningFleet node, int seed)
    {
        await using ProfilerConnection client = await ProfilerConnection.OpenAsync(node.Address.ToString(), Cancellation);
        LatencyTable table = await client.BuildTableAsync(Space, new MeasuringOptions(), seed, cancellationToken: Cancellation);
        Assert.All(table.Entries, entry => Assert.Null(entry.Failure));
    }

    private static string Address(RunningFleet node, RunningFleet? seenBy = null)
    {
        SiloAddress own = node.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress;
        return $"{Members(seenBy ?? node).Single(each => each.SiloAddress.Equals(own) && each.Status == SiloStatus.Active).SiloAddress}";
    }

    private static IEnumerable<ClusterMember> Members(RunningFleet node) =>
        node.Services.GetRequiredService<IClusterMembershipService>().CurrentSnapshot.Members.Values;

    private static async Task UntilAsync(RunningFleet node, Func<int, bool> holds)
    {
        while (!holds(Members(node).Count(member => member.Status == SiloStatus.Active)))
            await Task.Delay(50, Cancellation);
    }
}
