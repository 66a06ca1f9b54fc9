using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FasterSeg.Latency;

namespace FasterSeg.Profiler.Service.Security;

/// <summary>Whether a certificate is one that clients can accept from a server, looked at before the first of them comes.</summary>
internal static class ServerCertificate
{
    /// <summary>How long before its end a certificate is warned of.</summary>
    public static readonly TimeSpan Soon = TimeSpan.FromDays(30);

    private const string ServerUse = "1.3.6.1.5.5.7.3.1",
        ClientUse = "1.3.6.1.5.5.7.3.2",
        AnyUse = "2.5.29.37.0";

    /// <summary>The use that a client's certificate needs.</summary>
    public static Oid OfClients => new(ClientUse);

    /// <summary>Passes one that is for servers and valid now; null where TLS is off.</summary>
    /// <exception cref="UserErrorException">It is not; the message says why and what to do.</exception>
    public static void Require(X509Certificate2? certificate, string? path)
    {
        if (certificate is null)
            return;
        string? fault =
            !Allows(certificate, ServerUse) ? "is not for servers (its extended key usage lacks serverAuth)"
            : certificate.NotAfter < DateTime.Now ? $"expired on {Day(certificate.NotAfter)}"
            : certificate.NotBefore > DateTime.Now
                ? $"is valid from {Day(certificate.NotBefore)} on only, and this machine's clock says " + Day(DateTime.Now)
            : null;
        if (fault is not null)
            throw new UserErrorException(
                $"The certificate {path} {fault}, and no client would accept it: name another with --tls-certificate."
            );
    }

    /// <summary>A sentence where it ends soon; null where it does not.</summary>
    public static string? Warning(X509Certificate2 certificate, string path) =>
        certificate.NotAfter - DateTime.Now < Soon
            ? $"The certificate {path} expires on {Day(certificate.NotAfter)}: have a new one made, and start the profiler with it."
            : null;

    /// <summary>Whether a certificate may be used so. One that lists no uses may be used for all (RFC 5280, section 4.2.1.12).</summary>
    private static bool Allows(X509Certificate2 certificate, string use)
    {
        X509EnhancedKeyUsageExtension? uses = certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().FirstOrDefault();
        return uses is null || uses.EnhancedKeyUsages.Cast<Oid>().Any(each => each.Value == use || each.Value == AnyUse);
    }

    private static string Day(DateTime local) => local.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
