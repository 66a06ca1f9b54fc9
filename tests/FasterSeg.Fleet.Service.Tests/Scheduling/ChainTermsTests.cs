using FasterSeg.Fleet.Service.Scheduling;
using FasterSeg.Fleet.Service.Store;
using FasterSeg.Tests;

namespace FasterSeg.Fleet.Service.Tests.Scheduling;

/// <summary>When a chain's lease is over, by one node's clock.</summary>
public sealed class ChainTermsTests
{
    private static readonly TimeSpan Term = TimeSpan.FromSeconds(60),
        Look = TimeSpan.FromSeconds(10);

    private readonly SetTime clock = new();
    private readonly ChainTerms terms;

    public ChainTermsTests() => terms = new(Term, clock);

    [Fact]
    public void A_lease_lapses_a_whole_term_after_its_last_sign()
    {
        for (int i = 0; i < 6; i++)
            Assert.Empty(LookAt(new ChainPulse(1, 0), new ChainPulse(2, i)));
        Assert.Equal([new ChainPulse(1, 0)], LookAt(new(1, 0), new(2, 6)));
        for (int i = 0; i < 5; i++)
            Assert.Empty(LookAt(new ChainPulse(2, 6)));
        Assert.Equal([new ChainPulse(2, 6)], LookAt(new ChainPulse(2, 6)));
    }

    [Fact]
    public void A_node_that_could_not_look_begins_all_terms_anew()
    {
        for (int i = 0; i < 6; i++)
            LookAt(new ChainPulse(1, 0));
        clock.Advance(TimeSpan.FromMinutes(10));
        for (int i = 0; i < 6; i++)
            Assert.Empty(LookAt(new ChainPulse(1, 0)));
        Assert.Single(LookAt(new ChainPulse(1, 0)));
    }

    [Fact]
    public void Where_nothing_could_be_written_agents_get_a_whole_term()
    {
        for (int i = 0; i < 6; i++)
            LookAt(new ChainPulse(1, 0));
        Assert.Single(LookAt(new ChainPulse(1, 0)));
        terms.Restart();
        for (int i = 0; i < 6; i++)
            Assert.Empty(LookAt(new ChainPulse(1, 0)));
        Assert.Single(LookAt(new ChainPulse(1, 0)));
    }

    private IReadOnlyList<ChainPulse> LookAt(params ChainPulse[] leased)
    {
        IReadOnlyList<ChainPulse> lapsed = terms.Lapsed(leased);
        clock.Advance(Look);
        return lapsed;
    }
}
