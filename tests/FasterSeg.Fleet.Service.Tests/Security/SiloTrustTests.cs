using System.Security.Cryptography.X509Certificates;
using FasterSeg.Fleet.Service.Hosting;
using FasterSeg.Profiler.Client;
using FasterSeg.Profiler.Service.Tests.Security;
using Microsoft.Extensions.Logging;

namespace FasterSeg.Fleet.Service.Tests.Security;

/// <summary>What the log says of a node that is not heard.</summary>
public sealed class SiloTrustTests
{
    [Fact]
    public void One_of_another_authority_and_one_without_a_certificate_are_warned_of()
    {
        using MadeCertificates lab = new(),
            other = new();
        var log = new Lines();
        var trust = new SiloTrust(PemFiles.Authorities(lab["ca.pem"]));
        trust.TellTo(log);
        using X509Certificate2 own = PemFiles.CertificateWithKey(lab.Issue("own.pem", use: null)),
            strange = PemFiles.CertificateWithKey(other.Issue("strange.pem", use: null));
        Assert.True(trust.Trusts(own));
        Assert.Empty(log.Said);
        Assert.False(trust.Trusts(strange));
        Assert.False(trust.Trusts(null));
        Assert.Equal(2, log.Said.Count);
        Assert.Matches("^Warning A node whose certificate is CN=strange.pem, issued by CN=lab, is not heard \\(.+\\): all", log.Said[0]);
        Assert.StartsWith("Warning A node that shows no certificate was not let in", log.Said[1], StringComparison.Ordinal);
    }

    private sealed class Lines : ILogger<SiloTrust>
    {
        public List<string> Said { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => Said.Add($"{logLevel} {formatter(state, exception)}");
    }
}
