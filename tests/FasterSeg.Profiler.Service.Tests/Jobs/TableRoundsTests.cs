using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Jobs;
using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Profiler.Service.Tests.Jobs;

/// <summary>Which sessions count, and which operators need more of them.</summary>
public sealed class TableRoundsTests
{
    private static readonly MeasurementSettings Settings = new();
    private static readonly IReadOnlyList<OperatorSpec> Operators =
    [
        .. Enumerable.Range(1, 4).Select(i => new OperatorSpec(OperatorKind.Conv, 8, 8, 8 * i, 8)),
    ];

    private readonly TableRounds rounds = new(Operators, Settings);

    [Fact]
    public void Quiet_sessions_that_agree_are_enough()
    {
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(Operators, rounds.Due());
            Round(before: 1, after: 1);
        }
        Assert.Empty(rounds.Due());
        Assert.All(rounds.Entries(), entry =>
            Assert.Equal((1, 3, false, false), (entry.MedianMs, entry.Spread!.Sessions, entry.Noisy, entry.Drifted))
        );
    }

    [Fact]
    public void Sessions_next_to_a_reading_that_is_off_are_replaced()
    {
        Round(before: 1, after: 1);
        Round(before: 1, after: 1.1, ms: 1.3);
        Round(before: 1, after: 1);
        Assert.Equal(Operators, rounds.Due());
        Round(before: 1, after: 1);
        Assert.Empty(rounds.Due());
        Assert.All(rounds.Entries(), entry => Assert.Equal((1, 3, false), (entry.MedianMs, entry.Spread!.Sessions, entry.Drifted)));
    }

    [Fact]
    public void What_is_touched_again_and_again_is_flagged_and_has_a_number()
    {
        // Two readings of three are quiet in each round, and every operator lies next to the third.
        for (int i = 0; i < rounds.MostRounds; i++)
        {
            Assert.Equal(Operators, rounds.Due());
            Sentinel sentinel = Begin();
            sentinel.Add(new(2, 1.2));
            sentinel.Add(new(4, 1));
        }
        Assert.Empty(rounds.Due());
        Assert.All(rounds.Entries(), entry => Assert.Equal((1, true), (entry.MedianMs, entry.Drifted)));
    }

    [Fact]
    public void What_cannot_be_measured_is_tried_once()
    {
        Sentinel sentinel = rounds.Begin(Operators);
        sentinel.Add(new(0, 1));
        foreach (OperatorSpec spec in Operators.Skip(1))
            rounds.Add(Session(spec, 1));
        rounds.Add(new(LatencyEntry.Failed(Operators[0], "no kernel")));
        sentinel.Add(new(4, 1));
        Assert.Equal(Operators.Skip(1), rounds.Due());
        Assert.Equal("no kernel", rounds.Entries()[0].Failure);
    }

    [Fact]
    public void A_session_that_fails_after_others_have_not_is_replaced()
    {
        Round(before: 1, after: 1);
        Round(before: 1, after: 1);
        Round(before: 1, after: 1);
        rounds.Add(new(LatencyEntry.Failed(Operators[2], "worker died")));
        Assert.Equal([Operators[2]], rounds.Due());
        Assert.Null(rounds.Entries()[2].Failure);
    }

    [Fact]
    public void What_needs_no_further_session_is_settled_once_and_for_all()
    {
        Round(before: 1, after: 1);
        Assert.Empty(rounds.Settle());
        Round(before: 1, after: 1);
        rounds.Begin(Operators);
        rounds.Add(Session(Operators[0], 2));
        foreach (OperatorSpec spec in Operators.Skip(1))
            rounds.Add(Session(spec, 1));
        Assert.Equal(Operators.Skip(1), rounds.Settle().Select(settled => settled.Entry.Spec));
        Assert.Empty(rounds.Settle());
        // A drift that is seen later only does not bring back what somebody else has already.
        for (int i = 3; i < rounds.MostRounds; i++)
        {
            Assert.Equal([Operators[0]], rounds.Due());
            Sentinel sentinel = rounds.Begin([Operators[0]]);
            sentinel.Add(new(0, 9));
            rounds.Add(Session(Operators[0], 1 + i));
            sentinel.Add(new(1, 9));
        }
        SettledOperator last = Assert.Single(rounds.Settle());
        Assert.Equal((Operators[0], rounds.MostRounds), (last.Entry.Spec, last.Sessions.Count));
        Assert.Empty(rounds.Due());
    }

    private void Round(double before, double after, double ms = 1) => Begin(before, ms).Add(new(Operators.Count, after));

    private Sentinel Begin(double before = 1, double ms = 1)
    {
        Sentinel sentinel = rounds.Begin(Operators);
        sentinel.Add(new(0, before));
        foreach (OperatorSpec spec in Operators)
            rounds.Add(Session(spec, ms));
        return sentinel;
    }

    private static OperatorSession Session(OperatorSpec spec, double ms)
    {
        double[] samples = [.. Enumerable.Repeat(ms, 15)];
        return new(LatencyEntry.Measured(spec, SampleStatistics.Of(samples), buildMs: 1, placement: null), samples);
    }
}
