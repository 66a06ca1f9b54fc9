using System.Net;
using FasterSeg.Latency;

namespace FasterSeg.Profiler.Service.Security;

/// <summary>Who may reach the profiler, and how.</summary>
public sealed record SecurityOptions
{
    /// <summary>Allows an address that other machines reach, although the connection is neither encrypted nor authenticated.</summary>
    public bool Insecure { get; init; }

    /// <summary>The server's certificate: PEM (with <see cref="CertificateKey"/>) or PKCS#12 without a password. With it, TLS is
    /// on.</summary>
    public string? Certificate { get; init; }

    /// <summary>The private key of a PEM certificate.</summary>
    public string? CertificateKey { get; init; }

    /// <summary>PEM file of the authorities whose client certificates are accepted; with it, every client needs one.</summary>
    public string? ClientAuthority { get; init; }

    /// <summary>File of hashed access keys (<see cref="AccessKeys"/>); with it, every call needs one.</summary>
    public string? AccessKeys { get; init; }

    /// <summary>What is wrong with them at an address: it is unprotected, or protected by what protects nothing. A sentence each, that says
    /// what to do.</summary>
    /// <param name="listen">Where it listens.</param>
    /// <param name="metrics">Where its page of metrics is; null where it has none.</param>
    /// <param name="page">Where its page for people is; null where it has none.</param>
    public IEnumerable<string> Faults(IPEndPoint listen, IPEndPoint? metrics = null, IPEndPoint? page = null)
    {
        if (
            page is not null
            && !IPAddress.IsLoopback(page.Address)
            && !Insecure
            && (Certificate is null || (ClientAuthority ?? AccessKeys) is null)
        )
            yield return $"The page on {page} can be reached from other machines, and needs what calls need there: add --tls-certificate "
                + "with --access-keys or --client-ca, name an address such as 127.0.0.1:5152 with --page, or add --insecure where the "
                + "network is trusted.";
        if (metrics is not null && !IPAddress.IsLoopback(metrics.Address) && !Insecure)
            yield return $"The page of --metrics on {metrics} can be reached from other machines, and is neither encrypted nor asks for a "
                + "key: name an address such as 127.0.0.1:9464, or add --insecure where the network is trusted.";
        bool isLoopback = IPAddress.IsLoopback(listen.Address),
            authenticates = ClientAuthority is not null || AccessKeys is not null;
        if (CertificateKey is not null && Certificate is null)
            yield return "--tls-key is given without --tls-certificate: name both.";
        if (authenticates && Certificate is null && !Insecure && !isLoopback)
            yield return "--access-keys and --client-ca need TLS, or whoever listens in reads the keys: add --tls-certificate.";
        else if (ClientAuthority is not null && Certificate is null)
            yield return "--client-ca needs TLS, over which clients show their certificates: add --tls-certificate.";
        if (isLoopback || Insecure)
            yield break;
        if (Certificate is null && !authenticates)
            yield return $"{listen} can be reached from other machines and the connection is not encrypted: add --tls-certificate with "
                + "--access-keys or --client-ca, listen on 127.0.0.1, or add --insecure where the network is trusted.";
        else if (!authenticates)
            yield return $"{listen} can be reached from other machines and nobody asks who calls: add --access-keys or --client-ca, or "
                + "--insecure where the network is trusted.";
    }

    /// <summary>Which of the files cannot be used, and why, a sentence each.</summary>
    /// <param name="ofFleet">Whether they are a fleet's.</param>
    public IEnumerable<string> FileFaults(bool ofFleet = false) =>
        new Action[]
        {
            () => ServerCertificate.Require(TlsSetup.Load(this with { ClientAuthority = null })?.Certificate, Certificate),
            // Authorities need no certificate to be read.
            () => TlsSetup.LoadAuthorities(this),
            () => LoadAccessKeys(ofFleet),
        }
            .Select(UserErrorException.MessageOf)
            .OfType<string>();

    /// <summary>What will soon be wrong with them, a sentence; null where nothing will.</summary>
    public string? Warning() =>
        Certificate is not null && TlsSetup.Load(this with { ClientAuthority = null }) is { } tls
            ? ServerCertificate.Warning(tls.Certificate, Certificate)
            : null;

    /// <summary>The access keys; null where none are asked for.</summary>
    /// <param name="ofFleet">Whether they are a fleet's, which devices may have too.</param>
    /// <exception cref="UserErrorException">The file cannot be used.</exception>
    public AccessKeys? LoadAccessKeys(bool ofFleet = false) => AccessKeys is { } file ? Security.AccessKeys.Load(file, ofFleet) : null;
}
