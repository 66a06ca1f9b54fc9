using System.Security.Cryptography.X509Certificates;
using FasterSeg.Profiler.Client;
using FasterSeg.Profiler.Service;

namespace FasterSeg.Fleet.Service.Hosting;

/// <summary>Whether a certificate that another node shows is of the lab's authority. One that is not gets a warning: Orleans' own words on
/// nodes that do not hear each other are not told.</summary>
/// <param name="authorities">The lab's.</param>
internal sealed class SiloTrust(X509Certificate2Collection authorities)
{
    private RareLog? rare;

    /// <summary>Who is told from now on.</summary>
    public void TellTo(ILogger<SiloTrust> logger) => rare = new(logger);

    /// <summary>Judges.</summary>
    /// <param name="shown">What the other one shows; null where it shows nothing.</param>
    public bool Trusts(X509Certificate2? shown)
    {
        if (shown is null)
        {
            rare?.Warn("A node that shows no certificate was not let in: start it with --silo-certificate and --silo-ca");
            return false;
        }
        using var chain = new X509Chain { ChainPolicy = PemFiles.TrustOnly(authorities) };
        if (chain.Build(shown))
            return true;
        rare?.Warn(
            "A node whose certificate is {Subject}, issued by {Issuer}, is not heard ({Reason}): all nodes need certificates of the "
                + "authority in --silo-ca",
            LogText.Of(shown.Subject),
            LogText.Of(shown.Issuer),
            string.Join(", ", chain.ChainStatus.Select(each => each.Status).Distinct())
        );
        return false;
    }
}
