using FasterSeg.Latency.Numbers;

namespace FasterSeg.Latency.Tests.Numbers;

public sealed class SplitMix64Tests
{
    private static readonly int[] Items = [.. Enumerable.Range(0, 100)];

    /// <summary>The first numbers of the seed 1234567, as other implementations give them.</summary>
    [Fact]
    public void The_numbers_are_those_of_the_definition()
    {
        var random = new SplitMix64(1234567);
        Assert.Equal(
            [6457827717110365317, 3203168211198807973, 9817491932198370423],
            new[] { random.Next(), random.Next(), random.Next() }
        );
    }

    /// <summary>Tables, runs and validations that are there were drawn by these: they must not change.</summary>
    [Fact]
    public void Sequences_of_keys_and_orders_stay_what_they_were()
    {
        var keys = new StableRandom(1, 2, -3);
        Assert.Equal((8577402454049198947UL, 2668824159365074143UL), (keys.NextBits(), keys.NextBits()));
        Assert.Equal([8, 1, 5, 9, 0, 4, 3, 2, 6, 7], Shuffle(Items[..10], 7));
    }

    [Fact]
    public void An_order_holds_every_item_once() => Assert.Equal(Items, Shuffle(Items, 7).Order());

    [Fact]
    public void The_same_seed_gives_the_same_order() => Assert.Equal(Shuffle(Items, 7), Shuffle(Items, 7));

    [Fact]
    public void Another_seed_gives_another_order() => Assert.NotEqual(Shuffle(Items, 7), Shuffle(Items, 8));

    /// <summary>The first item lands at every place about equally often: 10 places, 5000 seeds, 500 each give or take 5 standard
    /// deviations.</summary>
    [Fact]
    public void Every_place_is_equally_likely()
    {
        int[] tally = new int[10];
        for (ulong seed = 0; seed < 5000; seed++)
            tally[Array.IndexOf(Shuffle(Items[..10], seed), 0)]++;
        Assert.All(tally, count => Assert.InRange(count, 394, 606));
    }

    private static int[] Shuffle(int[] items, ulong seed) => new SplitMix64(seed).Shuffle(items);
}
