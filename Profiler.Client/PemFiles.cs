using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FasterSeg.Latency;

namespace FasterSeg.Profiler.Client;

/// <summary>Certificates in PEM files, as both ends of a TLS connection need them.</summary>
public static class PemFiles
{
    /// <summary>A certificate with its private key.</summary>
    /// <param name="path">The certificate, with its key inside where <paramref name="keyPath"/> is null.</param>
    /// <param name="keyPath">The key, where that is a file of its own.</param>
    /// <exception cref="CryptographicException">They hold something else.</exception>
    public static X509Certificate2 CertificateWithKey(string path, string? keyPath = null)
    {
        UserFile.RequireFile(path);
        if (keyPath is not null)
            UserFile.RequireFile(keyPath);
        using var fromPem = X509Certificate2.CreateFromPemFile(path, keyPath);
        // SslStream on some systems cannot use a key that was never in a store.
        return X509CertificateLoader.LoadPkcs12(fromPem.Export(X509ContentType.Pkcs12), password: null);
    }

    /// <summary>What stands behind the first certificate of a PEM file: those that issued it, up to but often without the root. The other
    /// end does not have them, so they are sent along.</summary>
    /// <exception cref="CryptographicException">The file holds something else.</exception>
    public static X509Certificate2Collection Issuers(string path)
    {
        X509Certificate2Collection chain = Authorities(path);
        chain.RemoveAt(0);
        return chain;
    }

    /// <summary>The authorities of a file.</summary>
    /// <exception cref="CryptographicException">There is none in it.</exception>
    public static X509Certificate2Collection Authorities(string path)
    {
        UserFile.RequireFile(path);
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(path);
        return authorities.Count > 0 ? authorities : throw new CryptographicException("there is no PEM certificate in it");
    }

    /// <summary>Trusts what these authorities issued, and nothing else.</summary>
    public static X509ChainPolicy TrustOnly(X509Certificate2Collection authorities)
    {
        // A lab's own authority publishes no revocations.
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }
}
