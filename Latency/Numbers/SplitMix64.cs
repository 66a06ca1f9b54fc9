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

    /// <summary>Standard normal (Box-Muller).</summary>
    public double NextGaussian()
    {
        double radius = ((Next() >> 11) + 1) * (1.0 / (1UL << 53));
        return RandomDraws.Normal(radius, (Next() >> 11) * (1.0 / (1UL << 53)));
    }
}
