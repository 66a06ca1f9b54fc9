using System.Runtime.CompilerServices;
using FasterSeg.Onnx;

namespace FasterSeg.Profiler.Service.Engines.Known;

/// <summary>
/// A map computed in double by plain loops, slow and simple: what a device's kernels are held against. It shares no code with what is
/// measured.
/// </summary>
/// <param name="Values">Row-major (channel, row, column).</param>
/// <param name="Channels">Channels.</param>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
public sealed record ReferenceMap(double[] Values, int Channels, int Height, int Width)
{
    /// <summary>A convolution with zeros around, k/2 on every side, and its bias.</summary>
    /// <param name="weights">The convolution.</param>
    /// <param name="stride">Step in rows and columns.</param>
    /// <param name="shift">Rows and columns by which the map is read further down and right; beyond its end are zeros.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public ReferenceMap Convolve(ConvolutionWeights weights, int stride, int shift = 0)
    {
        int kernel = weights.Kernel,
            pad = kernel / 2,
            height = (Height + stride - 1) / stride,
            width = (Width + stride - 1) / stride;
        double[] made = new double[weights.OutChannels * height * width];
        float[] weight = weights.Weight;
        for (int to = 0; to < weights.OutChannels; to++)
        {
            Array.Fill(made, weights.Bias[to], to * height * width, height * width);
            for (int from = 0; from < Channels; from++)
            {
                for (int i = 0; i < kernel; i++)
                {
                    for (int j = 0; j < kernel; j++)
                    {
                        double factor = weight[(((((to * Channels) + from) * kernel) + i) * kernel) + j];
                        for (int row = 0; row < height; row++)
                        {
                            int fromRow = (row * stride) + i - pad + shift;
                            if (fromRow < 0 || fromRow >= Height)
                                continue;
                            int at = ((from * Height) + fromRow) * Width,
                                into = ((to * height) + row) * width;
                            for (int column = 0; column < width; column++)
                            {
                                int fromColumn = (column * stride) + j - pad + shift;
                                if (fromColumn >= 0 && fromColumn < Width)
                                    made[into + column] += factor * Values[at + fromColumn];
                            }
                        }
                    }
                }
            }
        }
        return new(made, weights.OutChannels, height, width);
    }

    /// <summary>Bilinear resizing with aligned corners.</summary>
    public ReferenceMap Resize(int height, int width)
    {
        double[] made = new double[Channels * height * width];
        for (int channel = 0; channel < Channels; channel++)
        {
            for (int row = 0; row < height; row++)
            {
                (int upper, int lower, double down) = Between(row, height, Height);
                for (int column = 0; column < width; column++)
                {
                    (int left, int right, double aside) = Between(column, width, Width);
                    double above = (At(channel, upper, left) * (1 - aside)) + (At(channel, upper, right) * aside);
                    double below = (At(channel, lower, left) * (1 - aside)) + (At(channel, lower, right) * aside);
                    made[(((channel * height) + row) * width) + column] = (above * (1 - down)) + (below * down);
                }
            }
        }
        return new(made, Channels, height, width);
    }

    /// <summary>Negative values become 0.</summary>
    public ReferenceMap Relu() => this with { Values = Array.ConvertAll(Values, value => Math.Max(0, value)) };

    /// <summary>The channels of another map of the same size behind this one's.</summary>
    public ReferenceMap With(ReferenceMap other) => new([.. Values, .. other.Values], Channels + other.Channels, Height, Width);

    private double At(int channel, int row, int column) => Values[(((channel * Height) + row) * Width) + column];

    /// <summary>The two places that a place of the resized map lies between, and how far it is from the first.</summary>
    private static (int First, int Second, double Share) Between(int place, int made, int from)
    {
        double at = made == 1 ? 0 : place * (from - 1.0) / (made - 1);
        int first = Math.Min((int)at, from - 1);
        return (first, Math.Min(first + 1, from - 1), at - first);
    }
}
