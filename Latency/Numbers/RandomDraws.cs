namespace FasterSeg.Latency.Numbers;

/// <summary>What is made of random numbers, whichever generator they come from.</summary>
public static class RandomDraws
{
    /// <summary>Puts items into a random order, in place (Fisher and Yates).</summary>
    /// <param name="items">The items.</param>
    /// <param name="next">A random number from 0 to its argument - 1.</param>
    public static void Shuffle<T>(T[] items, Func<int, int> next)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int j = next(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    /// <summary>A standard normal number of two uniform ones (Box and Muller).</summary>
    /// <param name="radius">In (0, 1]: the logarithm of 0 is avoided.</param>
    /// <param name="angle">In [0, 1).</param>
    public static double Normal(double radius, double angle) => Math.Sqrt(-2 * Math.Log(radius)) * Math.Cos(2 * Math.PI * angle);
}
