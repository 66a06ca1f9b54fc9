using System.Net;
using FasterSeg.Operators;

namespace FasterSeg.Profiler.Service.Security;

/// <summary>Who may reach the profiler, and how.</summary>
public sealed record SecurityOptions
{
    /// <summary>Allows an address that other machines reach, although the connection is neither encrypted nor authenticated.</summary>
    public bool Insecure { get; init; }

    /// <summary>The server's certificate: PEM (with <see cref="CertificateKey"/>) or PKCS#12 without a password. With it, TLS is on.</summary>
    public string? Certificate { get; init; }

    /// <summary>The private key of a PEM certificate.</summary>
    public string? CertificateKey { get; init; }

    /// <summary>PEM file of the authorities whose client certificates are accepted; with it, every client needs one.</summary>
    public string? ClientAuthority { get; init; }

    /// <summary>File of hashed access keys (<see cref="AccessKeys"/>); with it, every call needs one.</summary>
    public string? AccessKeys { get; init; }

    /// <summary>Refuses an unprotected address, and protection that protects nothing.</summary>
    /// <exception cref="UsageException">What is missing, and how to get it.</exception>
    public void Check(IPEndPoint listen)
    {
        if (CertificateKey is not null && Certificate is null)
            throw new UsageException("--tls-key is given without --tls-certificate: name both.");
        bool authenticates = ClientAuthority is not null || AccessKeys is not null;
        if (authenticates && Certificate is null && !Insecure && !IPAddress.IsLoopback(listen.Address))
            throw new UsageException("--access-keys and --client-ca need TLS, or whoever listens in reads the keys: add --tls-certificate.");
        if (ClientAuthority is not null && Certificate is null)
            throw new UsageException("--client-ca needs TLS, over which clients show their certificates: add --tls-certificate.");
        if (IPAddress.IsLoopback(listen.Address) || Insecure) return;
        if (Certificate is null)
            throw new UsageException($"{listen} can be reached from other machines and the connection is not encrypted: add --tls-certificate with --access-keys or --client-ca, listen on 127.0.0.1, or add --insecure where the network is trusted.");
        if (!authenticates)
            throw new UsageException($"{listen} can be reached from other machines and nobody asks who calls: add --access-keys or --client-ca, or --insecure where the network is trusted.");
    }
}
