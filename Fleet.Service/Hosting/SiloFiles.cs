using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FasterSeg.Latency;
using FasterSeg.Profiler.Client;

namespace FasterSeg.Fleet.Service.Hosting;

/// <summary>The files by which nodes trust each other.</summary>
internal static class SiloFiles
{
    /// <summary>What this node shows the others.</summary>
    /// <exception cref="UserErrorException">The file cannot be used.</exception>
    public static X509Certificate2 Certificate(string path) =>
        Read(path, "--silo-certificate", "name a PEM file that has a certificate and, behind it, its private key", of =>
            PemFiles.CertificateWithKey(of)
        );

    /// <summary>Who has issued all nodes' certificates.</summary>
    /// <exception cref="UserErrorException">The file cannot be used.</exception>
    public static X509Certificate2Collection Authorities(string path) =>
        Read(path, "--silo-ca", "name the PEM file of the authority that issued all nodes' certificates", PemFiles.Authorities);

    /// <summary>Which of them cannot be used, and why, a sentence each.</summary>
    /// <param name="certificate">The certificate's file; null where there is none.</param>
    /// <param name="authority">The authority's; null where there is none.</param>
    public static IEnumerable<string> Faults(string? certificate, string? authority)
    {
        if (certificate is not null && UserErrorException.MessageOf(() => Certificate(certificate).Dispose()) is { } ofCertificate)
            yield return ofCertificate;
        if (authority is not null && UserErrorException.MessageOf(() => Authorities(authority)) is { } ofAuthority)
            yield return ofAuthority;
    }

    private static T Read<T>(string path, string option, string advice, Func<string, T> read)
    {
        try
        {
            return read(path);
        }
        catch (Exception fault) when (fault is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UserErrorException($"{option} {path} cannot be used ({fault.Message.TrimEnd('.')}): {advice}.", fault);
        }
    }
}
