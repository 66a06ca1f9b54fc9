namespace FasterSeg.Latency.Numbers;

/// <summary>
/// Random numbers that depend on nothing but their keys, on every machine (<see cref="SplitMix64"/>): a
/// resumed run draws what the uninterrupted one would have drawn, without replaying it.
/// </summary>
public struct StableRandom
{
    private SplitMix64 bits;

    /// <summary>The sequence of a list of keys, e.g. (seed, epoch, index); a different list is a different sequence.</summary>
    public StableRandom(params ReadOnlySpan<int> keys)
    {
        ulong state = 0;
        foreach (int key in keys)
            state = new SplitMix64(state + unchecked((uint)key)).Next();
        bits = new(state);
    }

    /// <summary>The next 64 bits.</summary>
    public ulong NextBits() => bits.Next();

    /// <summary>Uniform in [0, 1).</summary>
    public double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [low, high).</summary>
    public double NextDouble(double low, double high) => low + (high - low) * NextDouble();

    /// <summary>Uniform in 0 to <paramref name="count"/> - 1.</summary>
    public int Next(int count) => (int)(NextDouble() * count);

    /// <summary>True with a probability.</summary>
    public bool NextBool(double probability = 0.5) => NextDouble() < probability;

    /// <summary>Standard normal (Box-Muller).</summary>
    public double NextGaussian()
    {
        double radius = 1 - NextDouble();
        return SplitMix64.Gaussian(radius, NextDouble());
    }

    /// <summary>The numbers 0 to <paramref name="count"/> - 1 in random order (Fisher and Yates).</summary>
    public int[] Permutation(int count)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        for (int i = count - 1; i > 0; i--)
        {
            int j = Next(i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }
        return order;
    }
}
