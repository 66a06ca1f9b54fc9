using CsCheck;
using FasterSeg.Latency;
using FasterSeg.Latency.Numbers;
using FasterSeg.Search.Data;
using Xunit;

namespace FasterSeg.Search.Tests.Data;

public sealed class SampleSourceTests
{
    [Fact]
    public void The_halves_are_disjoint_complete_and_fixed_by_seed() =>
        Gen.Select(Gen.Int[2, 60], Gen.Int)
            .Sample(
                (count, seed) =>
                {
                    var samples = ListedSamples.Random(count, 1, 1);
                    BilevelHalves halves = BilevelHalves.Of(samples, seed);
                    Assert.Equal((count / 2, count - count / 2), (halves.Weights.Count, halves.Architecture.Count));
                    Assert.Equal(
                        Enumerable.Range(0, count),
                        Names(halves.Weights).Concat(Names(halves.Architecture)).Select(int.Parse).Order()
                    );
                    Assert.Equal(Names(halves.Weights), Names(BilevelHalves.Of(samples, seed).Weights));
                },
                iter: 50
            );

    [Fact]
    public void One_sample_cannot_be_halved() => Assert.Throws<UserErrorException>(() => BilevelHalves.Of(ListedSamples.Random(1), 0));

    [Theory]
    [InlineData(4 * 40 * 48 * 4, 4)]
    [InlineData(4 * 40 * 48 * 4 - 1, 12)]
    public void A_set_is_kept_in_memory_only_if_all_of_it_fits(long limit, int loads)
    {
        var samples = ListedSamples.Random(4);
        var cached = new CachedSamples(samples, limit);
        for (int i = 0; i < 12; i++)
            Assert.Equal($"{i % 4}", cached.Load(i % 4).Name);
        Assert.Equal(loads, samples.Loads.Sum());
    }

    /// <summary>The published first outputs of SplitMix64 from state 0 prove the generator; a key of nothing is state 0.</summary>
    [Fact]
    public void The_random_numbers_are_split_mix64s()
    {
        var random = new StableRandom();
        Assert.Equal(0xE220A8397B1DCDAFUL, random.NextBits());
        Assert.Equal(0x6E789E6AA1B965F4UL, random.NextBits());
        Assert.Equal(0x06C45D188009454FUL, random.NextBits());
    }

    [Fact]
    public void Keys_in_another_order_are_another_sequence()
    {
        ulong[] first =
        [
            .. new int[][] { [1, 2], [2, 1], [1], [1, 2, 0], [0, 1, 2], [] }.Select(keys => new StableRandom(keys).NextBits()),
        ];
        Assert.Equal(first.Length, first.Distinct().Count());
    }

    private static IEnumerable<string> Names(ISampleSource samples) => Enumerable.Range(0, samples.Count).Select(i => samples.Load(i).Name);
}
