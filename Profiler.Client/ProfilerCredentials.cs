using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FasterSeg.Latency;

namespace FasterSeg.Profiler.Client;

/// <summary>
/// What this client shows a profiler, and whom it trusts; from the environment, where secrets are not seen in lists of processes.
/// </summary>
/// <param name="Key">Access key (FASTERSEG_PROFILER_KEY), or null.</param>
/// <param name="Authorities">Authorities that the profiler's certificate is checked against (FASTERSEG_PROFILER_CA); null takes the
/// system's.</param>
/// <param name="Certificate">This client's certificate (FASTERSEG_PROFILER_CERTIFICATE, PEM with its key) with those that issued it, where
/// they stand behind it; null shows none.</param>
internal sealed record ProfilerCredentials(
    string? Key,
    X509Certificate2Collection? Authorities,
    SslStreamCertificateContext? Certificate
)
{
    private const string KeyVariable = "FASTERSEG_PROFILER_KEY",
        AuthorityVariable = "FASTERSEG_PROFILER_CA",
        CertificateVariable = "FASTERSEG_PROFILER_CERTIFICATE";

    /// <summary>Reads the environment.</summary>
    /// <exception cref="UserErrorException">A file that it names cannot be used.</exception>
    public static ProfilerCredentials FromEnvironment() =>
        new(
            Environment.GetEnvironmentVariable(KeyVariable) is { Length: > 0 } key ? key.Trim() : null,
            Read(AuthorityVariable, PemFiles.Authorities),
            Read(CertificateVariable, path =>
                SslStreamCertificateContext.Create(PemFiles.CertificateWithKey(path), PemFiles.Issuers(path), offline: true)
            )
        );

    /// <summary>What TLS shall do.</summary>
    public SslClientAuthenticationOptions Tls()
    {
        var options = new SslClientAuthenticationOptions();
        if (Certificate is not null)
            options.ClientCertificateContext = Certificate;
        if (Authorities is not null)
            options.CertificateChainPolicy = PemFiles.TrustOnly(Authorities);
        return options;
    }

    private static T? Read<T>(string variable, Func<string, T> read)
        where T : class
    {
        string? path = Environment.GetEnvironmentVariable(variable);
        if (string.IsNullOrEmpty(path))
            return null;
        try
        {
            return read(path);
        }
        catch (Exception fault) when (fault is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"{variable} names {path}, which cannot be read as a PEM certificate: {fault.Message}", fault);
        }
    }
}
