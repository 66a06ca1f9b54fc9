using System.Net;
using FasterSeg.Profiler.Service.Security;

namespace FasterSeg.Profiler.Service.Tests.Security;

public sealed class SecurityOptionsTests
{
    private static readonly IPEndPoint Loopback = new(IPAddress.Loopback, 5151),
        Everywhere = new(IPAddress.Any, 5151);

    [Fact]
    public void Loopback_needs_nothing_and_other_addresses_need_both()
    {
        Assert.Empty(new SecurityOptions().Faults(Loopback));
        Assert.Empty(new SecurityOptions { AccessKeys = "keys" }.Faults(Loopback));
        Assert.Empty(new SecurityOptions { Certificate = "c", AccessKeys = "keys" }.Faults(Everywhere));
        Assert.Empty(new SecurityOptions { Certificate = "c", ClientAuthority = "ca" }.Faults(Everywhere));
        Assert.Empty(new SecurityOptions { Insecure = true }.Faults(Everywhere));
    }

    [Fact]
    public void What_is_missing_is_named()
    {
        Assert.Contains("not encrypted", Refusal(new SecurityOptions()), StringComparison.Ordinal);
        Assert.Contains("nobody asks who calls", Refusal(new SecurityOptions { Certificate = "c" }), StringComparison.Ordinal);
        Assert.Contains("need TLS", Refusal(new SecurityOptions { AccessKeys = "keys" }), StringComparison.Ordinal);
        Assert.Contains(
            "--tls-key is given without",
            Refusal(new SecurityOptions { CertificateKey = "k", Insecure = true }),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "--client-ca needs TLS",
            Refusal(new SecurityOptions { ClientAuthority = "ca", Insecure = true }),
            StringComparison.Ordinal
        );
    }

    private static string Refusal(SecurityOptions options) => Assert.Single(options.Faults(Everywhere));
}
