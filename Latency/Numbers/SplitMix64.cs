namespace FasterSeg.Latency.Numbers;

/// <summary>
/// Steele, Lea and Flood's SplitMix64 generator. Unlike <see cref="Random"/> its stream is fixed by its definition, so a
/// seed means the same weights on every machine and with every version of .NET.
/// </summary>
public struct SplitMix64(ulong seed)
{
    private ulong state = seed;

    /// <summary>The next 64 bits.</summary>
    public ulong Next()
    {
        state += 0x9E3779B97F4A7C15;
        ulong z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>Items in random order (Fisher and Yates).</summary>
    public T[] Shuffle<T>(IEnumerable<T> items)
    {
        T[] order = [.. items];
        for (int i = order.Length - 1; i > 0; i--)
        {
            // The modulo's bias is below 1e-15 for any list that fits into memory.
            int j = (int)(Next() % (ulong)(i + 1));
            (order[i], order[j]) = (order[j], order[i]);
        }
        return order;
    }

    /// <summary>Standard normal (Box-Muller).</summary>
    public double NextGaussian()
    {
        double radius = ((Next() >> 11) + 1) * (1.0 / (1UL << 53));
        return Gaussian(radius, (Next() >> 11) * (1.0 / (1UL << 53)));
    }

    /// <summary>A standard normal number of two uniform ones.</summary>
    /// <param name="radius">In (0, 1]: the logarithm of 0 is avoided.</param>
    /// <param name="angle">In [0, 1).</param>
    internal static double Gaussian(double radius, double angle) => Math.Sqrt(-2 * Math.Log(radius)) * Math.Cos(2 * Math.PI * angle);
}
