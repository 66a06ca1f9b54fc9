namespace FasterSeg.Search.Native.Kernels;

/// <summary>A small computation of which every result is known: forward, and the gradients of its inputs.</summary>
/// <param name="Name">What is computed at which shape, e.g. <c>convolution 3x3 40-72 on 2x40x8x16</c>.</param>
internal abstract record KnownAnswer(string Name)
{
    /// <summary>Names of the results, in the order of <see cref="Expected"/> and <see cref="Compute"/>.</summary>
    public abstract IReadOnlyList<string> Results { get; }

    /// <summary>The results by plain loops in double, without any library.</summary>
    public abstract double[][] Expected();

    /// <summary>The results by libtorch in float32, as the networks compute them.</summary>
    public abstract float[][] Compute();

    /// <summary>Values from -1 to 1, the same on every machine.</summary>
    /// <param name="count">How many.</param>
    /// <param name="seed">Tells one tensor's from another's.</param>
    protected static float[] Values(int count, uint seed)
    {
        float[] values = new float[count];
        uint state = seed * 2654435761u + 1;
        for (int i = 0; i < count; i++)
        {
            state = state * 1664525u + 1013904223u;
            values[i] = (state >> 8) / (float)(1 << 23) - 1;
        }
        return values;
    }
}
