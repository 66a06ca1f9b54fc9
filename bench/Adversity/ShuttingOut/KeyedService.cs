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

    private KeyedService(ServiceProcess process, Dictionary<string, string> keys, string hash) =>
        (Process, this.keys, Hash) = (process, keys, hash);

    /// <summary>The profiler.</summary>
    public ServiceProcess Process { get; }

    /// <summary>Of its certificate, which no authority issued.</summary>
    public string Hash { get; }

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
        return new(await ServiceProcess.StartAsync(folder, core, cancellation, build: null, more), keys, hash);
    }

    /// <summary>A client with a connection of its own.</summary>
    /// <param name="name">Whose key it shows; null shows none.</param>
    public GrpcChannel Open(string? name) => Open(Process.Address, Hash, name is null ? null : keys[name]);

    /// <summary>A client with a connection of its own.</summary>
    /// <param name="address">The profiler.</param>
    /// <param name="hash">Of its certificate.</param>
    /// <param name="key">The key; null shows none.</param>
    public static GrpcChannel Open(Uri address, string hash, string? key)
    {
        var handler = new SocketsHttpHandler
        {
            EnableMultipleHttp2Connections = true,
            SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString(HashAlgorithmName.SHA256) == hash,
            },
        };
        var options = new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true };
        if (key is not null)
            options.Credentials = ChannelCredentials.Create(
                ChannelCredentials.SecureSsl,
                CallCredentials.FromInterceptor(
                    (_, metadata) =>
                    {
                        metadata.Add("authorization", "Bearer " + key);
                        return Task.CompletedTask;
                    }
                )
            );
        return GrpcChannel.ForAddress(address, options);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Process.DisposeAsync();

    private static string WriteCertificate(string path)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));
        File.WriteAllText(path, certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n");
        return certificate.GetCertHashString(HashAlgorithmName.SHA256);
    }
}
