namespace FasterSeg.Profiler.Service.Measuring;

/// <summary>
/// The order in which operators are measured: random, so that slow drift of the device (heat, neighbours) does not follow
/// the sizes of the operators, and seeded, so that a run can be repeated.
/// </summary>
public static class SeededOrder
{
    /// <summary>The items in the seed's order (Fisher-Yates).</summary>
    public static IReadOnlyList<T> Shuffle<T>(IReadOnlyList<T> items, ulong seed)
    {
        T[] order = [.. items];
        ulong state = seed;
        for (int i = order.Length - 1; i > 0; i--)
        {
            // The modulo's bias is below 1e-15 for any list that fits into memory.
            int j = (int)(Next(ref state) % (ulong)(i + 1));
            (order[i], order[j]) = (order[j], order[i]);
        }
        return order;
    }

    // SplitMix64 (Steele, Lea, Flood 2014): the same sequence on every runtime, which System.Random does not promise.
    private static ulong Next(ref ulong state)
    {
        ulong z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
