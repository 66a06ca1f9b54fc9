using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Profiler.Service.Tests.Measuring;

public sealed class SeededOrderTests
{
    private static readonly int[] Items = [.. Enumerable.Range(0, 100)];

    [Fact]
    public void An_order_holds_every_item_once() => Assert.Equal(Items, SeededOrder.Shuffle(Items, 7).Order());

    [Fact]
    public void The_same_seed_gives_the_same_order() => Assert.Equal(SeededOrder.Shuffle(Items, 7), SeededOrder.Shuffle(Items, 7));

    [Fact]
    public void Another_seed_gives_another_order() => Assert.NotEqual(SeededOrder.Shuffle(Items, 7), SeededOrder.Shuffle(Items, 8));

    /// <summary>The first item lands at every place about equally often: 10 places, 5000 seeds, 500 each give or take 5 standard
    /// deviations.</summary>
    [Fact]
    public void Every_place_is_equally_likely()
    {
        int[] tally = new int[10];
        for (ulong seed = 0; seed < 5000; seed++)
            tally[SeededOrder.Shuffle(Items[..10], seed).ToList().IndexOf(0)]++;
        Assert.All(tally, count => Assert.InRange(count, 394, 606));
    }
}
