using System.Net;
using FasterSeg.Operators;
using FasterSeg.Profiler.Service.Security;

namespace FasterSeg.Profiler.Service.Tests.Security;

public sealed class SecurityOptionsTests
{
    private static readonly IPEndPoint Loopback = new(IPAddress.Loopback, 5151), Everywhere = new(IPAddress.Any, 5151);

    [Fact]
    public void LoopbackNeedsNothingAndOtherAddressesNeedBoth()
    {
        new SecurityOptions().Check(Loopback);
        new SecurityOptions { AccessKeys = "keys" }.Check(Loopback);
        new SecurityOptions { Certificate = "c", AccessKeys = "keys" }.Check(Everywhere);
        new SecurityOptions { Certificate = "c", ClientAuthority = "ca" }.Check(Everywhere);
        new SecurityOptions { Insecure = true }.Check(Everywhere);
    }

    [Fact]
    public void WhatIsMissingIsNamed()
    {
        Assert.Contains("not encrypted", Refusal(new SecurityOptions()), StringComparison.Ordinal);
        Assert.Contains("nobody asks who calls", Refusal(new SecurityOptions { Certificate = "c" }), StringComparison.Ordinal);
        Assert.Contains("need TLS", Refusal(new SecurityOptions { AccessKeys = "keys" }), StringComparison.Ordinal);
        Assert.Contains("--tls-key is given without", Refusal(new SecurityOptions { CertificateKey = "k" }), StringComparison.Ordinal);
        Assert.Contains("--client-ca needs TLS", Refusal(new SecurityOptions { ClientAuthority = "ca", Insecure = true }), StringComparison.Ordinal);
    }

    private static string Refusal(SecurityOptions options) => Assert.Throws<UsageException>(() => options.Check(Everywhere)).Message;
}
