using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using FasterSeg.Latency;
using FasterSeg.Protos.Profiler.V1;
using Grpc.Core;
using Grpc.Net.Client;
using Xunit;

namespace FasterSeg.Profiler.Client.Tests;

/// <summary>A server that cuts the connection behind a good TLS handshake, as one does that wants another client's certificate (TLS
/// 1.3).</summary>
public sealed class CutConnectionTests : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2 certificate = TestCertificate.Make();

    public void Dispose()
    {
        listener.Dispose();
        certificate.Dispose();
    }

    // The client hears of it at its next read or write, and that may be before HTTP/2 has begun or behind.
    [Theory]
    [InlineData(false, false, false), InlineData(false, true, false), InlineData(true, false, false), InlineData(true, true, false)]
    [InlineData(false, false, true), InlineData(false, true, true), InlineData(true, false, true), InlineData(true, true, true)]
    public async Task It_is_told_of_the_certificate_whenever_the_client_hears_of_the_cut(bool begun, bool reset, bool read)
    {
        listener.Start();
        Task server = ServeAsync(begun, reset, read);
        string address = $"https://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
        using GrpcChannel channel = ProfilerChannel.Open(new(address), new(null, [certificate], null));
        var fault = await Assert.ThrowsAsync<RpcException>(async () =>
            await new ProfilerService.ProfilerServiceClient(channel).GetDeviceAsync(
                new(),
                cancellationToken: TestContext.Current.CancellationToken
            )
        );
        UserErrorException told = ProfilerErrors.Translate(fault, address);
        Assert.True(
            told.Message.Contains("wants another client's certificate", StringComparison.Ordinal),
            $"{fault.StatusCode} {told.Message} {fault.Status.DebugException}"
        );
        Assert.IsType<ProfilerUnreachableException>(told);
        await server;
    }

    private async Task ServeAsync(bool begun, bool reset, bool read)
    {
        using TcpClient client = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        await using var tls = new SslStream(client.GetStream());
        await tls.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions { ServerCertificate = certificate, ApplicationProtocols = [SslApplicationProtocol.Http2] },
            TestContext.Current.CancellationToken
        );
        if (begun)
            await tls.WriteAsync(new byte[] { 0, 0, 0, 4, 0, 0, 0, 0, 0 }, TestContext.Current.CancellationToken);
        if (read)
            _ = await tls.ReadAsync(new byte[1024], TestContext.Current.CancellationToken);
        if (reset)
            client.LingerState = new(enable: true, seconds: 0);
    }
}
