using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Tables;
using FasterSeg.Latency.Tests.Tables;

namespace FasterSeg.Latency.Tests.Estimating;

public sealed class TrustedLatenciesTests
{
    [Fact]
    public void An_estimate_far_from_the_networks_that_were_measured_says_so()
    {
        TrustedLatencies trusted = TrustedLatencies.Of(With(TrustedLatencies.Fact([2, 1, 1.5])))!;
        Assert.Equal(new TrustedLatencies(1, 2), trusted);
        Assert.Null(trusted.Warning(0.9));
        Assert.Null(trusted.Warning(2.4));
        Assert.Equal(
            "The table was held against whole networks of 1 to 2 ms only: this estimate, far from these, may be off by more.",
            trusted.Warning(0.7)
        );
        Assert.NotNull(trusted.Warning(2.6));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("1 to many")]
    [InlineData("0 to 3")]
    [InlineData("3 to 1")]
    public void A_table_that_does_not_say_warns_of_nothing(string? fact) => Assert.Null(TrustedLatencies.Of(With(fact)));

    private static LatencyTable With(string? fact) =>
        new(
            Samples.Identity,
            null,
            [],
            DateTimeOffset.UnixEpoch,
            fact is null ? null : new Dictionary<string, string> { [LatencyTable.NetworksRangeFact] = fact }
        );
}
