using static TorchSharp.torch;

namespace FasterSeg.Search.Native.Kernels;

/// <summary>A small computation of which every result is known: forward, and the gradients of its inputs.</summary>
/// <param name="Computation">What is computed at which shape, e.g. <c>convolution 3x3 40-72 on 2x40x8x16</c>.</param>
internal abstract record KnownAnswer(string Computation)
{
    /// <summary>Whether maps lie with their channels beside each other, for which libtorch has other kernels.</summary>
    public bool ChannelsLast { get; init; }

    /// <summary>The computation and the layout of its maps.</summary>
    public string Name => ChannelsLast ? Computation + ", channels last" : Computation;

    /// <summary>Names of the results, in the order of <see cref="Expected"/> and <see cref="Compute"/>.</summary>
    public abstract IReadOnlyList<string> Results { get; }

    /// <summary>The results by plain loops in double, without any library.</summary>
    public abstract double[][] Expected();

    /// <summary>The results by libtorch in float32, as the networks compute them.</summary>
    public abstract float[][] Compute();

    /// <summary>A map [N, C, H, W] in the layout of this answer.</summary>
    protected Tensor Map(float[] values, params ReadOnlySpan<long> shape)
    {
        Tensor map = tensor(values, shape);
        return ChannelsLast ? Networks.Layers.ChannelsLast.Of(map) : map;
    }

    /// <summary>A result in the order of its shape, whatever its layout.</summary>
    protected static float[] Read(Tensor result) => result.contiguous().data<float>().ToArray();

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
