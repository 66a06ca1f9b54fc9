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
    public sealed record Material(X509Certificate2 Certificate, X509Certificate2Collection? Authorities);

    /// <summary>Reads the files; null where TLS is off.</summary>
    /// <exception cref="UserErrorException">A file is missing or holds something else.</exception>
    public static Material? Load(SecurityOptions options)
    {
        if (options.Certificate is null)
            return null;
        X509Certificate2 certificate = Read(options.Certificate, path =>
            options.CertificateKey is null && !IsPem(path)
                ? X509CertificateLoader.LoadPkcs12FromFile(path, password: null)
                : PemFiles.CertificateWithKey(path, options.CertificateKey)
        );
        return new(certificate, LoadAuthorities(options));
    }

    /// <summary>Reads the authorities of client certificates; null where clients need none.</summary>
    /// <exception cref="UserErrorException">The file is missing or holds something else.</exception>
    public static X509Certificate2Collection? LoadAuthorities(SecurityOptions options) =>
        options.ClientAuthority is null ? null : Read(options.ClientAuthority, PemFiles.Authorities);

    /// <summary>Makes an endpoint speak TLS.</summary>
    public static void Use(ListenOptions listen, Material material) =>
        listen.UseHttps(https =>
        {
            https.ServerCertificate = material.Certificate;
            https.HandshakeTimeout = HandshakePatience;
            if (material.Authorities is not { } authorities)
                return;
            https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
            https.ClientCertificateValidation = (client, _, _) => IsIssuedBy(client, authorities);
        });

    private static bool IsIssuedBy(X509Certificate2 certificate, X509Certificate2Collection authorities)
    {
        using var chain = new X509Chain { ChainPolicy = PemFiles.TrustOnly(authorities) };
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
