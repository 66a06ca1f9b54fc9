using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FasterSeg.Profiler.Service.Tests.Security;

/// <summary>A small authority, and what it issues.</summary>
internal sealed class MadeCertificates : IDisposable
{
    public const string ServerUse = "1.3.6.1.5.5.7.3.1",
        ClientUse = "1.3.6.1.5.5.7.3.2";

    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 authority;

    public MadeCertificates()
    {
        var request = new CertificateRequest("CN=lab", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, true));
        authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddYears(-2), DateTimeOffset.UtcNow.AddYears(2));
        File.WriteAllText(this["ca.pem"], authority.ExportCertificatePem());
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("fasterseg-certificates-").FullName;

    public string this[string name] => Path.Combine(Folder, name);

    /// <summary>A file with a certificate and its key.</summary>
    /// <param name="name">The file's name.</param>
    /// <param name="use">What it may be used for; null lists nothing.</param>
    /// <param name="fromDays">From when on it is valid, days from now.</param>
    /// <param name="toDays">Until when it is valid, days from now.</param>
    /// <param name="through">Issued by an authority between, whose certificate stands behind it in the file.</param>
    public string Issue(string name, string? use, double fromDays = -1, double toDays = 100, bool through = false)
    {
        using ECDsa betweenKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 between = Between(betweenKey);
        using ECDsa own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + name, own, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        if (use is not null)
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(use)], critical: false));
        using X509Certificate2 issued = request.Create(
            through ? between.SubjectName : authority.SubjectName,
            X509SignatureGenerator.CreateForECDsa(through ? betweenKey : key),
            DateTimeOffset.UtcNow.AddDays(fromDays),
            DateTimeOffset.UtcNow.AddDays(toDays),
            RandomNumberGenerator.GetBytes(8)
        );
        string chain = through ? "\n" + between.ExportCertificatePem() : "";
        File.WriteAllText(this[name], issued.ExportCertificatePem() + chain + "\n" + own.ExportPkcs8PrivateKeyPem());
        return this[name];
    }

    private X509Certificate2 Between(ECDsa its)
    {
        var request = new CertificateRequest("CN=department", its, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, true));
        return request.Create(
            authority.SubjectName,
            X509SignatureGenerator.CreateForECDsa(key),
            DateTimeOffset.UtcNow.AddDays(-30),
            DateTimeOffset.UtcNow.AddYears(1),
            RandomNumberGenerator.GetBytes(8)
        );
    }

    public void Dispose()
    {
        authority.Dispose();
        key.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
