using FasterSeg.Latency.Numbers;

namespace FasterSeg.Profiler.Service.Measuring;

/// <summary>
/// The order in which operators are measured: random, so that slow drift of the device (heat, neighbours) does not follow
/// the sizes of the operators, and seeded, so that a run can be repeated.
/// </summary>
public static class SeededOrder
{
    /// <summary>The items in the seed's order.</summary>
    public static IReadOnlyList<T> Shuffle<T>(IReadOnlyList<T> items, ulong seed)
    {
        T[] order = [.. items];
        var random = new SplitMix64(seed);
        // The modulo's bias is below 1e-15 for any list that fits into memory.
        RandomDraws.Shuffle(order, below => (int)(random.Next() % (ulong)below));
        return order;
    }
}
