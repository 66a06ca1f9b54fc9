using System.Diagnostics;
using System.Globalization;
using System.Net;
using FasterSeg.Fleet.Service.Hosting;
using FasterSeg.Profiler.Service.Tests.Security;
using FasterSeg.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace FasterSeg.Fleet.Service.Tests.Hosting;

/// <summary>What the program says of a command line that cannot be right, and how it ends.</summary>
public sealed class CommandLineTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("--connections", "abc")]
    [InlineData("--agent-term", "1.5")]
    public async Task What_is_no_number_is_refused_in_plain_words(string option, string text)
    {
        (int code, string said) = await FleetProgram.RunAsync(option, text);
        Assert.Equal((2, $"{option} is '{text}', which is no whole number: write one like 600."), (code, said.Trim()));
    }

    [Theory]
    [InlineData("0.0.0.0:5278")]
    [InlineData("[::]:5278")]
    [InlineData("127.0.0.1:0")]
    public void An_address_of_a_node_that_no_other_can_call_is_refused(string silo)
    {
        FleetOptions options = new()
        {
            Store = "Host=db",
            Silo = IPEndPoint.Parse(silo),
            Security = new() { Insecure = true },
        };
        Assert.Equal(
            $"--silo is {silo}, which no other node can call: name the one address and port where they reach this one, like "
                + "192.168.1.10:5278.",
            Assert.Single(options.Faults())
        );
    }

    [Fact]
    public void A_nodes_certificate_without_its_key_and_an_authority_that_is_none_are_refused()
    {
        using var lab = new MadeCertificates();
        using var folder = new TemporaryFolder();
        FleetOptions options = new() { SiloCertificate = lab["ca.pem"], SiloAuthority = folder.Write("none.pem", "none") };
        IReadOnlyList<string> faults = options.Faults();
        Assert.Equal(2, faults.Count);
        Assert.Matches("^--silo-certificate .*ca.pem cannot be used .*: name a PEM file that has a certificate and", faults[0]);
        Assert.Matches("^--silo-ca .*none.pem cannot be used .*: name the PEM file of the authority", faults[1]);
    }

    [Fact]
    public async Task Asked_to_end_before_it_is_up_it_ends_without_a_word()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only there it can be seen when the program hears of signals.");
        // Between that thread and the host there is a moment in which the runtime ends the program by itself.
        const int ByRuntime = 143,
            Tries = 20;
        (int Code, string Said) ended = (ByRuntime, "");
        for (int at = 0; at < Tries && ended.Code == ByRuntime; at++)
        {
            using var folder = new TemporaryFolder();
            using Process process = FleetProgram.Start("--store", folder.Path, "--listen", "127.0.0.1:0");
            // The runtime's thread for signals begins with the host.
            while (!HearsOfSignals(process.Id))
                await Task.Delay(5, Cancellation);
            await Task.Delay(5 * at, Cancellation);
            using (Process kill = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]))
                await kill.WaitForExitAsync(Cancellation);
            ended = await FleetProgram.EndAsync(process);
        }
        Assert.Equal((0, ""), ended);
    }

    [Fact]
    public async Task The_probe_tells_a_fleet_from_what_else_serves()
    {
        await using TestFleet fleet = await TestFleet.StartAsync();
        Assert.Equal((0, ""), await FleetProgram.RunAsync("health", fleet.Address));
        string other = fleet.Address.Replace("http:", "https:", StringComparison.Ordinal);
        (int code, string said) = await FleetProgram.RunAsync("health", other);
        Assert.Equal(
            (1, $"What listens at {other} speaks plain HTTP, without TLS: write {fleet.Address.TrimEnd('/')}."),
            (code, said.Trim())
        );

        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new());
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddRouting().AddGrpc();
        builder.Services.AddGrpcHealthChecks().AddCheck("profiler", () => HealthCheckResult.Healthy());
        await using WebApplication profiler = builder.Build();
        profiler.MapGrpcHealthChecksService();
        await profiler.StartAsync(Cancellation);
        string url = profiler.Urls.First() + "/";
        (code, said) = await FleetProgram.RunAsync("health", url);
        Assert.Equal((1, $"What answers at {url} is no fleet: check the address."), (code, said.Trim()));
    }

    private static bool HearsOfSignals(int process)
    {
        try
        {
            return Directory
                .EnumerateDirectories($"/proc/{process}/task")
                .Any(thread => File.ReadAllText(Path.Combine(thread, "comm")).StartsWith(".NET SigHandler", StringComparison.Ordinal));
        }
        catch (IOException)
        {
            // A thread has just ended.
            return false;
        }
    }
}
