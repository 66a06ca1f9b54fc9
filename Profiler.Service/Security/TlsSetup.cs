using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FasterSeg.Latency;
using FasterSeg.Profiler.Client;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace FasterSeg.Profiler.Service.Security;

/// <summary>Turns on TLS and, where clients must show certificates, checks those against the authorities of a file.</summary>
internal static class TlsSetup
{
    private static readonly TimeSpan HandshakePatience = TimeSpan.FromSeconds(10);

    /// <summary>What <see cref="Use"/> needs, read before the host is built.</summary>
    /// <param name="Certificate">The server's.</param>
    /// <param name="Issuers">Those that issued it, where they stand behind it in its file.</param>
    /// <param name="Authorities">Of client certificates; null where clients need none.</param>
    public sealed record Material(
        X509Certificate2 Certificate,
        X509Certificate2Collection Issuers,
        X509Certificate2Collection? Authorities
    );

    /// <summary>Reads the files; null where TLS is off.</summary>
    /// <exception cref="UserErrorException">A file is missing or holds something else.</exception>
    public static Material? Load(SecurityOptions options)
    {
        if (options.Certificate is null)
            return null;
        (X509Certificate2 certificate, X509Certificate2Collection issuers) = Read(options.Certificate, path =>
            options.CertificateKey is null && !IsPem(path)
                ? PemFiles.Pkcs12(path)
                : (PemFiles.CertificateWithKey(path, options.CertificateKey), PemFiles.Issuers(path))
        );
        return new(certificate, issuers, LoadAuthorities(options));
    }

    /// <summary>Reads the authorities of client certificates; null where clients need none.</summary>
    /// <exception cref="UserErrorException">The file is missing or holds something else.</exception>
    public static X509Certificate2Collection? LoadAuthorities(SecurityOptions options) =>
        options.ClientAuthority is null ? null : Read(options.ClientAuthority, PemFiles.Authorities);

    /// <summary>Makes an endpoint speak TLS. Where clients need certificates, a connection from this machine may come without one to where
    /// calls are, and gets no further than <see cref="ClientCertificateGate"/> lets it: the health. The page for people has nothing for who
    /// has none.</summary>
    public static void Use(ListenOptions listen, Material material, bool isPage = false)
    {
        if (material.Authorities is not { } authorities)
        {
            listen.UseHttps(https =>
            {
                https.ServerCertificate = material.Certificate;
                https.ServerCertificateChain = material.Issuers;
                https.HandshakeTimeout = HandshakePatience;
            });
            return;
        }
        SslStreamCertificateContext own = SslStreamCertificateContext.Create(material.Certificate, material.Issuers, offline: true);
        listen.UseHttps(
            new TlsHandshakeCallbackOptions
            {
                HandshakeTimeout = HandshakePatience,
                OnConnection = connection =>
                    ValueTask.FromResult(
                        Options(
                            own,
                            authorities,
                            mayComeWithout: !isPage
                                && Caller.IsOfThisMachine((connection.Connection.RemoteEndPoint as IPEndPoint)?.Address),
                            // Not every browser or proxy speaks HTTP/2.
                            isPage ? [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11] : [SslApplicationProtocol.Http2]
                        )
                    ),
            }
        );
    }

    private static SslServerAuthenticationOptions Options(
        SslStreamCertificateContext own,
        X509Certificate2Collection authorities,
        bool mayComeWithout,
        List<SslApplicationProtocol> protocols
    ) =>
        new()
        {
            ServerCertificateContext = own,
            ClientCertificateRequired = true,
            ApplicationProtocols = protocols,
            CertificateChainPolicy = PemFiles.TrustOnly(authorities),
            RemoteCertificateValidationCallback = (_, client, sent, _) =>
                client is X509Certificate2 certificate ? IsIssuedBy(certificate, sent, authorities) : client is null && mayComeWithout,
        };

    private static bool IsIssuedBy(X509Certificate2 certificate, X509Chain? sent, X509Certificate2Collection authorities)
    {
        using var chain = new X509Chain { ChainPolicy = PemFiles.TrustOnly(authorities) };
        // What the client showed between itself and the authority.
        if (sent is not null)
            chain.ChainPolicy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
        // A server's certificate of the same authority is no client's.
        chain.ChainPolicy.ApplicationPolicy.Add(ServerCertificate.OfClients);
        return chain.Build(certificate);
    }

    private static T Read<T>(string path, Func<string, T> read)
    {
        if (!File.Exists(path))
            throw new UserErrorException($"There is no certificate file {path}: check the path.");
        UserFile.RequireFile(path);
        try
        {
            return read(path);
        }
        catch (Exception fault) when (fault is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UserErrorException(
                $"{path} cannot be read as a certificate ({fault.Message.TrimEnd('.')}): name a PEM file (with --tls-key, or its "
                    + "key inside) or a PKCS#12 file without a password.",
                fault
            );
        }
    }

    private static bool IsPem(string path) => File.ReadAllText(path).Contains("-----BEGIN", StringComparison.Ordinal);
}
