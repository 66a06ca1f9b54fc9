using FasterSeg.Search.OneShot;
using FasterSeg.Search.Runs;
using Xunit;

namespace FasterSeg.Search.Tests.OneShot;

public sealed class ScoreAgreementTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Supernets_are_compared_by_their_means_and_snapshots_with_those_of_their_own()
    {
        // Supernet 1 has the losses as they are, its second snapshot the other way round but weaker; supernet 2 swaps one pair of three.
        NetworkScore[] networks =
        [
            .. new[] { (1.0, 1.0), (2.0, 3.0), (3.0, 2.0) }.Select(loss =>
                NetworkScore.MeanOf([
                    new(1, 1, 10 * loss.Item1, 0.1),
                    new(1, 2, -loss.Item1, 0.2),
                    new(2, 1, loss.Item2, 0.3),
                    new(2, 2, loss.Item2, 0.4),
                ])
            ),
        ];
        ScoreAgreement agreement = ScoreAgreement.Of(networks)!;
        Assert.Equal(3, agreement.Networks);
        Assert.Equal(
            [(1, 2, null, null), (1, 1, 1, 2), (2, 2, 1, 2)],
            agreement.Pairs.Select(pair => (pair.FirstSupernet, pair.SecondSupernet, pair.FirstSnapshot, pair.SecondSnapshot))
        );
        Assert.Equal([1 / 3.0, -1, 1], agreement.Pairs.Select(pair => Math.Round(pair.Tau!.Value, 12)), (a, b) => Math.Abs(a - b) < 1e-9);
        Assert.Equal(
            "Supernets agree in the order of 3 networks with Kendall's tau 0.33. "
                + "Snapshots of a supernet agree in the order of 3 networks with Kendall's tau -1.00 to 1.00.",
            agreement.Sentence
        );
        Assert.Equal(0.25, networks[0].MeanIou, 12);
        RunFolder run = RunFolder.Create(folder["run"]);
        Assert.Null(ScoreAgreement.Load(run));
        agreement.Save(run);
        ScoreAgreement again = ScoreAgreement.Load(run)!;
        Assert.Equal(agreement.Networks, again.Networks);
        Assert.Equal(agreement.Pairs, again.Pairs);
    }

    [Fact]
    public void Single_scores_agree_with_nothing() => Assert.Null(ScoreAgreement.Of([new(1, 0.5), new(2, 0.4)]));

    [Theory]
    [InlineData(3, "The rest of this supernet's training and the 2 after it take about 38 s, by 10 steps.")]
    [InlineData(1, null)]
    public void The_time_of_all_trainings_is_told_once_by_the_first_steps(int trainings, string? expected)
    {
        var clock = new SetTime();
        var heard = new ListeningReporter();
        int number = 1;
        var reporter = new TimeOfAll(heard, () => trainings - number, clock);
        for (; number <= trainings; number++)
        {
            for (int step = 1; step <= 100; step++)
            {
                // The first step takes long, which tells nothing of the others.
                clock.Advance(TimeSpan.FromMilliseconds(step == 1 ? 5000 : 130));
                reporter.Report($"one_shot_{number}", step, 100);
            }
        }
        Assert.Equal(expected is null ? [] : [expected], heard.Lines);
    }
}
