using CsCheck;
using FasterSeg.Search.Data;
using Xunit;

namespace FasterSeg.Search.Tests.Data;

public sealed class ResamplingTests
{
    [Fact]
    public void Weights_sum_to_one_and_sources_exist() =>
        Gen.Select(Gen.Int[1, 200], Gen.Int[1, 200])
            .Sample(
                (source, target) =>
                {
                    Resampling.Taps taps = Resampling.Axis(source, target);
                    Assert.Equal(target, taps.Count);
                    for (int i = 0; i < target; i++)
                        Assert.Equal(1, taps.Weights.AsSpan(i * taps.PerTarget, taps.PerTarget).ToArray().Sum(), 1e-5);
                    Assert.All(taps.Sources, s => Assert.InRange(s, 0, source - 1));
                }
            );

    [Fact]
    public void Halving_averages_two_by_two()
    {
        var image = new RgbImage(2, 2, [0, 0, 0, 100, 0, 0, 40, 0, 0, 60, 8, 0]);
        Assert.Equal([50, 2, 0], image.Resize(1, 1).Pixels);
    }

    [Fact]
    public void Shrinking_by_a_fraction_weighs_the_covered_areas()
    {
        // Three pixels to two: each target covers one and a half.
        Resampling.Taps taps = Resampling.Axis(3, 2);
        Assert.Equal([0, 1], taps.Sources[..2]);
        Assert.Equal(2 / 3f, taps.Weights[0], 1e-6f);
        Assert.Equal(1 / 3f, taps.Weights[1], 1e-6f);
    }

    [Fact]
    public void Doubling_interpolates_between_centres() =>
        Assert.Equal(
            [0, 25, 75, 100],
            new RgbImage(1, 2, [0, 0, 0, 100, 100, 100]).Resize(1, 4).Pixels.Where((_, i) => i % 3 == 0).Select(v => (int)v)
        );

    [Fact]
    public void Nearest_takes_the_pixel_under_the_centre()
    {
        Assert.Equal([1, 3, 5], Resampling.Nearest(6, 3));
        Assert.Equal([0, 0, 1, 1, 2, 2], Resampling.Nearest(3, 6));
    }
}
