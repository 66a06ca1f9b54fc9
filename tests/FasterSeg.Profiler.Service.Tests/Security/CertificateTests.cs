using System.Net;
using System.Net.Security;
using FasterSeg.Profiler.Client;
using FasterSeg.Profiler.Service.Grpc;
using FasterSeg.Profiler.Service.Hosting;
using FasterSeg.Profiler.Service.Security;
using FasterSeg.Protos.Profiler.V1;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Data.Sqlite;

namespace FasterSeg.Profiler.Service.Tests.Security;

/// <summary>Certificates of the wrong use or time, and a profiler that asks its clients for theirs.</summary>
public sealed class CertificateTests : IDisposable
{
    private readonly MadeCertificates made = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => made.Dispose();

    [Fact]
    public void A_certificate_that_no_client_would_accept_from_a_server_is_told_before_the_start()
    {
        Assert.Contains("lacks serverAuth", Fault(made.Issue("client.pem", MadeCertificates.ClientUse)), StringComparison.Ordinal);
        Assert.Contains(" expired on ", Fault(made.Issue("old.pem", MadeCertificates.ServerUse, -20, -1)), StringComparison.Ordinal);
        Assert.Contains(" is valid from ", Fault(made.Issue("early.pem", MadeCertificates.ServerUse, 2, 20)), StringComparison.Ordinal);
        Assert.Empty(Of(made.Issue("server.pem", MadeCertificates.ServerUse)).FileFaults());
        Assert.Empty(Of(made.Issue("any.pem", use: null)).FileFaults());
    }

    [Fact]
    public void A_certificate_that_ends_soon_is_warned_of()
    {
        Assert.Null(Of(made.Issue("server.pem", MadeCertificates.ServerUse, toDays: 60)).Warning());
        string soon = made.Issue("soon.pem", MadeCertificates.ServerUse, toDays: 10);
        Assert.StartsWith($"The certificate {soon} expires on ", Of(soon).Warning(), StringComparison.Ordinal);
        Assert.Empty(Of(soon).FileFaults());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Both_ends_show_who_stands_between_them_and_the_authority(bool needsClientCertificates)
    {
        string server = made.Issue("server.pem", MadeCertificates.ServerUse, through: true);
        await using RunningProfiler profiler = await ProfilerHost.StartLoopbackAsync(
            new ProfilerHostOptions
            {
                StoreFolder = made["store"],
                LockFolder = made["store"],
                Security = new() { Certificate = server, ClientAuthority = needsClientCertificates ? made["ca.pem"] : null },
            },
            Stop
        );
        string client = made.Issue("client.pem", MadeCertificates.ClientUse, through: true);
        Assert.Equal(StatusCode.OK, await AskAsync(profiler.Address, client));
        if (needsClientCertificates)
        {
            // Of an authority that nobody knows.
            using var others = new MadeCertificates();
            Assert.NotEqual(
                StatusCode.OK,
                await AskAsync(profiler.Address, others.Issue("stranger.pem", MadeCertificates.ClientUse, through: true))
            );
        }
        SqliteConnection.ClearAllPools();
    }

    [Fact]
    public async Task Where_clients_need_certificates_a_servers_is_none_and_this_machine_may_ask_for_health_without()
    {
        string server = made.Issue("server.pem", MadeCertificates.ServerUse);
        await using RunningProfiler profiler = await ProfilerHost.StartLoopbackAsync(
            new ProfilerHostOptions
            {
                StoreFolder = made["store"],
                LockFolder = made["store"],
                Security = new() { Certificate = server, ClientAuthority = made["ca.pem"] },
            },
            Stop
        );
        Assert.Equal(0, await HealthProbe.RunAsync(profiler.Address.ToString()));

        Assert.Equal(StatusCode.OK, await AskAsync(profiler.Address, made.Issue("client.pem", MadeCertificates.ClientUse)));
        Assert.Equal(StatusCode.OK, await AskAsync(profiler.Address, made.Issue("any.pem", use: null)));
        Assert.Equal(StatusCode.Unauthenticated, await AskAsync(profiler.Address, certificate: null));
        // Refused while the connection is made; what the client sees of it is the system's to say.
        Assert.NotEqual(StatusCode.OK, await AskAsync(profiler.Address, server));
        Assert.NotEqual(
            StatusCode.OK,
            await AskAsync(profiler.Address, made.Issue("old.pem", MadeCertificates.ClientUse, fromDays: -9, toDays: -2))
        );
        SqliteConnection.ClearAllPools();
    }

    [Fact]
    public void A_page_of_metrics_that_others_reach_needs_to_be_said_to_be_insecure()
    {
        IPEndPoint loopback = new(IPAddress.Loopback, 5151),
            everywhere = new(IPAddress.Any, 9464);
        Assert.Contains("--metrics", Assert.Single(new SecurityOptions().Faults(loopback, everywhere)), StringComparison.Ordinal);
        Assert.Empty(new SecurityOptions().Faults(loopback, new(IPAddress.Loopback, 9464)));
        Assert.Empty(new SecurityOptions { Insecure = true }.Faults(loopback, everywhere));
    }

    private static SecurityOptions Of(string certificate) => new() { Certificate = certificate };

    private static string Fault(string certificate) => Assert.Single(Of(certificate).FileFaults());

    private async Task<StatusCode> AskAsync(Uri address, string? certificate)
    {
        SslStreamCertificateContext? own = certificate is null
            ? null
            : SslStreamCertificateContext.Create(PemFiles.CertificateWithKey(certificate), PemFiles.Issuers(certificate), offline: true);
        using var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = PemFiles.TrustOnly(PemFiles.Authorities(made["ca.pem"])),
                ClientCertificateContext = own,
            },
        };
        using GrpcChannel channel = GrpcChannel.ForAddress(address, new GrpcChannelOptions { HttpHandler = handler });
        try
        {
            await new ProfilerService.ProfilerServiceClient(channel).GetDeviceAsync(new GetDeviceRequest(), cancellationToken: Stop);
            return StatusCode.OK;
        }
        catch (RpcException fault)
        {
            return fault.StatusCode;
        }
    }
}
