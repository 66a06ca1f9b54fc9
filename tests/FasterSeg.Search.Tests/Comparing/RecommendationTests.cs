using FasterSeg.Search.Comparing;
using FasterSeg.Search.Configuration;
using Xunit;

namespace FasterSeg.Search.Tests.Comparing;

/// <summary>Which student to keep; the band is 10 to 12 ms.</summary>
public sealed class RecommendationTests
{
    [Fact]
    public void The_most_accurate_in_band_is_kept_whatever_lies_outside()
    {
        Recommendation kept = Of(
            MadeNetworks.Of("a", 10, trained: 0.5),
            MadeNetworks.Of("b", 11.9, trained: 0.512),
            MadeNetworks.Of("slow", 12.1, trained: 0.9),
            MadeNetworks.Of("fast", 9, trained: 0.8)
        );
        Assert.Equal("b", kept.Network!.Run.Name);
        Assert.Equal("Keep b: its trained mIoU is the highest of the 2 students in band (51.2 % at 11.900 ms).", kept.Sentence);
        Assert.Equal(
            "Keep a: it is the only student here with a trained mIoU (50.0 % at 13.000 ms), slower than its band.",
            Of(MadeNetworks.Of("a", 13, trained: 0.5)).Sentence
        );
        Assert.Contains(
            "it is the only student in its band",
            Of(MadeNetworks.Of("a", 10, trained: 0.5), MadeNetworks.Of("slow", 12.1, trained: 0.9)).Sentence,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Between_mIoUs_of_one_tenth_of_a_point_the_papers_objective_decides()
    {
        Recommendation kept = Of(MadeNetworks.Of("a", 12, trained: 0.5003), MadeNetworks.Of("b", 10, trained: 0.4998));
        Assert.Equal("b", kept.Network!.Run.Name);
        Assert.Contains(
            "to a tenth of a point that of a, and its mIoU * (latency / 8.3)^-0.07 is larger",
            kept.Sentence,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Where_none_is_in_band_the_papers_objective_decides_among_all()
    {
        // 0.40 * (20/8.3)^-0.07 = 0.376 beats 0.36 * (13/8.3)^-0.07 = 0.349 and 0.39 * (200/8.3)^-0.07 = 0.312.
        Recommendation kept = Of(
            MadeNetworks.Of("a", 13, trained: 0.36),
            MadeNetworks.Of("b", 20, trained: 0.40),
            MadeNetworks.Of("c", 200, trained: 0.39)
        );
        Assert.Equal("b", kept.Network!.Run.Name);
        Assert.Contains("no student lies in its band", kept.Sentence, StringComparison.Ordinal);
        Assert.Equal("c", Of(MadeNetworks.Of("b", 20, trained: 0.40), MadeNetworks.Of("c", 200, trained: 0.49)).Network!.Run.Name);
        Assert.Equal("b", Of(MadeNetworks.Of("b", 20, trained: 0.40), MadeNetworks.Of("c", 200, trained: 0.46)).Network!.Run.Name);
    }

    [Fact]
    public void Nothing_is_recommended_where_no_mIoU_is_known()
    {
        Recommendation none = Of(MadeNetworks.Of("a", 10), MadeNetworks.Of("b", 11));
        Assert.Null(none.Network);
        Assert.StartsWith("No recommendation among a, b: no mIoU", none.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_lead_is_held_against_the_settings_that_vary_more()
    {
        // The winner's settings have a deviation of 0.7 points, the random ones one of 14.3.
        string sentence = Of(
            MadeNetworks.Of("a", 10, trained: 0.60, seed: 1),
            MadeNetworks.Of("b", 10, trained: 0.61, seed: 2),
            MadeNetworks.Of("r", 10, trained: 0.602, randomSeed: 1),
            MadeNetworks.Of("s", 10, trained: 0.4, seed: 2, randomSeed: 2)
        ).Sentence;
        Assert.Contains(
            "Its lead over r (0.8 points) is within the standard deviation over seeds (14.3).",
            sentence,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void What_casts_doubt_on_a_choice_is_said()
    {
        Assert.EndsWith(
            "train and evaluate before relying on it.",
            Of(MadeNetworks.Of("a", 10, supernet: 0.5)).Sentence,
            StringComparison.Ordinal
        );
        Assert.EndsWith(
            "It is a random network: no search here did better.",
            Of(MadeNetworks.Of("a", 10, trained: 0.5), MadeNetworks.Of("r", 10, trained: 0.6, randomSeed: 1)).Sentence,
            StringComparison.Ordinal
        );
        string sentence = Of(
            MadeNetworks.Of("a", 10, trained: 0.5, seed: 1),
            MadeNetworks.Of("b", 10, trained: 0.56, seed: 2),
            MadeNetworks.Of("c", 10, trained: 0.55, seed: 3)
        ).Sentence;
        Assert.EndsWith(
            "Its lead over c (1.0 points) is within the standard deviation over seeds (3.2).",
            sentence,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_random_network_alone_in_its_set_has_beaten_no_search()
    {
        RunComparison comparison = RunComparison.Of(
            [
                MadeNetworks.Of("my run", 10, trained: 0.655),
                MadeNetworks.Of("my random", 11, trained: 0.5, randomSeed: 1, device: MadeNetworks.Device with { DeviceName = "another" }),
            ],
            []
        );
        Assert.EndsWith(
            "It is a random network, and among students B is no searched one with a trained mIoU beside it.",
            comparison.Recommendations[1].Sentence,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void The_means_of_settings_stand_beside_the_best_single_run()
    {
        ComparedNetwork Joint(string name, int seed, double trained) =>
            MadeNetworks.Of(name, 11, trained: trained, seed: seed, change: options => options.Searching.LatencyTerms = LatencyTerms.Joint);
        ComparedNetwork[] networks =
        [
            MadeNetworks.Of("paper-seed1", 11, trained: 0.7, seed: 1),
            MadeNetworks.Of("paper-seed2", 13, trained: 0.8, seed: 2),
            Joint("joint-seed1", 1, 0.66),
            Joint("joint-seed2", 2, 0.76),
        ];
        RunComparison comparison = RunComparison.Of(networks, []);
        Assert.StartsWith("Keep joint-seed2: ", Assert.Single(comparison.Recommendations).Sentence, StringComparison.Ordinal);
        Assert.Equal(
            "Settings by their mean trained mIoU over seeds: paper 75.00 ±7.07 % (2 seeds); joint 71.00 ±7.07 % (2 seeds). The "
                + "difference of the first two, 4.0 points, is within the seeds' standard deviation of 7.1: these seeds do not say which "
                + "setting is better. The run to keep is a single one, its seed's chance included.",
            Assert.Single(comparison.Settings)
        );
        Assert.Contains(
            "is larger than the seeds' standard deviation of 7.1",
            Assert.Single(RunComparison.Of([.. networks[..2], Joint("j1", 1, 0.5), Joint("j2", 2, 0.51)], []).Settings),
            StringComparison.Ordinal
        );
        Assert.Empty(RunComparison.Of(networks[..3], []).Settings);
    }

    private static Recommendation Of(params ComparedNetwork[] networks) =>
        Recommendation.Of(Assert.Single(ComparedSets.Of(networks, note => Assert.Fail(note))), SeedGroup.Of(networks));
}
