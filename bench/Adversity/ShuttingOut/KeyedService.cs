using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FasterSeg.Bench.Adversity.Services;
using FasterSeg.Profiler.Service.Security;
using Grpc.Core;
using Grpc.Net.Client;

namespace FasterSeg.Bench.Adversity.ShuttingOut;

/// <summary>The built profiler over TLS, with the keys of two clients.</summary>
internal sealed class KeyedService : IAsyncDisposable
{
    private readonly Dictionary<string, string> keys;

    // Of its certificate.
    private readonly string hash;

    private KeyedService(ServiceProcess process, Dictionary<string, string> keys, string hash) =>
        (Process, this.keys, this.hash) = (process, keys, hash);

    /// <summary>The profiler.</summary>
    public ServiceProcess Process { get; }

    /// <summary>Starts it.</summary>
    /// <param name="folder">Where all of it goes.</param>
    /// <param name="core">The core that it is held to; null is any.</param>
    /// <param name="cancellation">Stops the wait.</param>
    public static async Task<KeyedService> StartAsync(string folder, int? core, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        string certificate = Path.Combine(folder, "server.pem"),
            file = Path.Combine(folder, "keys");
        string hash = WriteCertificate(certificate);
        var keys = new Dictionary<string, string>();
        foreach (string name in new[] { "anna", "bert" })
        {
            (keys[name], string line) = AccessKeys.New(name);
            await File.AppendAllTextAsync(file, line + "\n", cancellation);
        }
        string[] more = ["--tls-certificate", certificate, "--access-keys", file];
        return new(await ServiceProcess.StartAsync(folder, core, cancellation, more), keys, hash);
    }

    /// <summary>A client with a connection of its own.</summary>
    /// <param name="name">Whose key it shows; null shows none.</param>
    public GrpcChannel Open(string? name)
    {
        var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = IsIts },
        };
        return GrpcChannel.ForAddress(
            Process.Address,
            new GrpcChannelOptions
            {
                HttpHandler = handler,
                DisposeHttpClient = true,
                MaxReceiveMessageSize = null,
                Credentials = name is null
                    ? null
                    : ChannelCredentials.Create(
                        ChannelCredentials.SecureSsl,
                        CallCredentials.FromInterceptor(
                            (_, metadata) =>
                            {
                                metadata.Add("authorization", "Bearer " + keys[name]);
                                return Task.CompletedTask;
                            }
                        )
                    ),
            }
        );
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Process.DisposeAsync();

    // No authority issued it.
    private bool IsIts(object sender, X509Certificate? shown, X509Chain? chain, SslPolicyErrors errors) =>
        shown?.GetCertHashString(HashAlgorithmName.SHA256) == hash;

    private static string WriteCertificate(string path)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));
        File.WriteAllText(path, certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n");
        return certificate.GetCertHashString(HashAlgorithmName.SHA256);
    }
}
