using FasterSeg.Latency.Spaces;

namespace FasterSeg.Onnx.Tests;

/// <summary>
/// The operators in plain loops and double sums, written from the paper's description and without a look at
/// <see cref="OnnxGraphBuilder"/>: what the graphs are checked against.
/// </summary>
internal static class Naive
{
    public static Tensor Apply(OperatorSpec spec, Tensor x, IReadOnlyList<ConvolutionWeights> w)
    {
        int s = spec.Stride;
        (int halfRows, int halfColumns) =
            s == 1 ? (Math.Max(1, x.Height / 2), Math.Max(1, x.Width / 2)) : ((x.Height + 1) / 2, (x.Width + 1) / 2);
        return spec.Kind switch
        {
            OperatorKind.Skip when s == 2 => Relu(Concat(Convolve(x, w[0], 2), Convolve(Shift(x), w[1], 2))),
            OperatorKind.Skip or OperatorKind.Arm or OperatorKind.Fusion or OperatorKind.Conv or OperatorKind.Stem or OperatorKind.Refine =>
                Relu(Convolve(x, w[0], s)),
            OperatorKind.Conv2x => Relu(Convolve(Relu(Convolve(x, w[0], s)), w[1], 1)),
            OperatorKind.ZoomedConv => Relu(Back(Convolve(Resize(x, halfRows, halfColumns), w[0], 1))),
            OperatorKind.ZoomedConv2x => Relu(Back(Convolve(Relu(Convolve(Resize(x, halfRows, halfColumns), w[0], 1)), w[1], 1))),
            OperatorKind.Head => Convolve(Relu(Convolve(x, w[0], 1)), w[1], 1),
            OperatorKind.Upsample => Resize(x, x.Height * s, x.Width * s),
            _ => throw new ArgumentException($"{spec}"),
        };

        Tensor Back(Tensor zoomed) => s == 1 ? Resize(zoomed, x.Height, x.Width) : zoomed;
    }

    /// <summary>Output pixel (i, j) is centred on input pixel (i * stride, j * stride); outside the map is zero.</summary>
    public static Tensor Convolve(Tensor x, ConvolutionWeights w, int stride)
    {
        int pad = w.Kernel / 2;
        var y = new Tensor(x.Batch, w.OutChannels, (x.Height + stride - 1) / stride, (x.Width + stride - 1) / stride);
        var taps = new Tensor(1, w.InChannels, w.Kernel, w.Kernel).Pixels().ToArray();
        foreach ((int n, int o, int i, int j) in y.Pixels())
        {
            double sum = w.Bias[o];
            foreach ((_, int c, int u, int v) in taps)
            {
                int row = (i * stride) + u - pad,
                    column = (j * stride) + v - pad;
                if (row < 0 || column < 0 || row >= x.Height || column >= x.Width)
                    continue;
                sum += (double)w.Weight[(((((o * w.InChannels) + c) * w.Kernel) + u) * w.Kernel) + v] * x[n, c, row, column];
            }
            y[n, o, i, j] = (float)sum;
        }
        return y;
    }

    /// <summary>The first and the last pixel of input and output coincide; in between is linear.</summary>
    public static Tensor Resize(Tensor x, int height, int width)
    {
        var y = new Tensor(x.Batch, x.Channels, height, width);
        foreach ((int n, int c, int i, int j) in y.Pixels())
        {
            double row = height == 1 ? 0 : (double)i * (x.Height - 1) / (height - 1);
            double column = width == 1 ? 0 : (double)j * (x.Width - 1) / (width - 1);
            int top = (int)row,
                left = (int)column;
            int bottom = Math.Min(top + 1, x.Height - 1),
                right = Math.Min(left + 1, x.Width - 1);
            double down = row - top,
                across = column - left;
            y[n, c, i, j] = (float)(
                ((1 - down) * (((1 - across) * x[n, c, top, left]) + (across * x[n, c, top, right])))
                + (down * (((1 - across) * x[n, c, bottom, left]) + (across * x[n, c, bottom, right])))
            );
        }
        return y;
    }

    public static Tensor Concat(Tensor first, Tensor second)
    {
        var y = new Tensor(first.Batch, first.Channels + second.Channels, first.Height, first.Width);
        foreach ((int n, int c, int i, int j) in y.Pixels())
            y[n, c, i, j] = c < first.Channels ? first[n, c, i, j] : second[n, c - first.Channels, i, j];
        return y;
    }

    private static Tensor Relu(Tensor x) => x with { Values = [.. x.Values.Select(value => Math.Max(value, 0))] };

    /// <summary>Pixel (i, j) is the input's (i + 1, j + 1), or zero beyond its end; the size stays.</summary>
    private static Tensor Shift(Tensor x)
    {
        var y = new Tensor(x.Batch, x.Channels, x.Height, x.Width);
        foreach ((int n, int c, int i, int j) in y.Pixels())
        {
            if (i + 1 < y.Height && j + 1 < y.Width)
                y[n, c, i, j] = x[n, c, i + 1, j + 1];
        }
        return y;
    }
}
