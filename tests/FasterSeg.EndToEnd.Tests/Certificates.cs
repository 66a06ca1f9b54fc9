using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FasterSeg.EndToEnd.Tests;

/// <summary>A small authority with a server and a client, and a client of nobody's.</summary>
internal static class Certificates
{
    public static void Write(string folder)
    {
        using ECDsa caKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=lab", caKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, true));
        using X509Certificate2 ca = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        File.WriteAllText(Path.Combine(folder, "ca.pem"), ca.ExportCertificatePem());
        Issue(folder, "server", ca, caKey, bundle: false);
        Issue(folder, "client", ca, caKey, bundle: true);
        using ECDsa strangerKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 stranger = new CertificateRequest("CN=stranger", strangerKey, HashAlgorithmName.SHA256).CreateSelfSigned(
            DateTimeOffset.UtcNow.AddDays(-1),
            DateTimeOffset.UtcNow.AddDays(30)
        );
        File.WriteAllText(
            Path.Combine(folder, "stranger.pem"),
            stranger.ExportCertificatePem() + "\n" + strangerKey.ExportPkcs8PrivateKeyPem()
        );
    }

    private static void Issue(string folder, string name, X509Certificate2 ca, ECDsa caKey, bool bundle)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 issued = request.Create(
            ca.SubjectName,
            X509SignatureGenerator.CreateForECDsa(caKey),
            DateTimeOffset.UtcNow.AddDays(-1),
            DateTimeOffset.UtcNow.AddDays(20),
            RandomNumberGenerator.GetBytes(8)
        );
        string certificate = issued.ExportCertificatePem(),
            secret = key.ExportPkcs8PrivateKeyPem();
        File.WriteAllText(Path.Combine(folder, name + ".pem"), bundle ? certificate + "\n" + secret : certificate);
        if (!bundle)
            File.WriteAllText(Path.Combine(folder, name + ".key"), secret);
    }
}
