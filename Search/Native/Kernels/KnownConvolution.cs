using static TorchSharp.torch;

namespace FasterSeg.Search.Native.Kernels;

/// <summary>A convolution without bias, padded to keep the map's size: [N, Cin, H, W] by [Cout, Cin, K, K].</summary>
internal sealed record KnownConvolution(int Batch, int In, int Out, int Height, int Width, int Kernel = 3, int Stride = 1)
    : KnownAnswer(
        FormattableString.Invariant(
            $"convolution {Kernel}x{Kernel} {In}-{Out}{(Stride > 1 ? $" stride {Stride}" : "")} on {Batch}x{In}x{Height}x{Width}"
        )
    )
{
    private int Padding => Kernel / 2;

    private int OutHeight => ((Height + (2 * Padding) - Kernel) / Stride) + 1;

    private int OutWidth => ((Width + (2 * Padding) - Kernel) / Stride) + 1;

    private float[] Input => Values(Batch * In * Height * Width, 1);

    private float[] Weights => Values(Out * In * Kernel * Kernel, 2);

    private float[] Upstream => Values(Batch * Out * OutHeight * OutWidth, 3);

    public override IReadOnlyList<string> Results { get; } = ["output", "gradient of the input", "gradient of the weights"];

    public override double[][] Expected()
    {
        float[] x = Input,
            w = Weights,
            g = Upstream;
        double[] y = new double[g.Length],
            dx = new double[x.Length],
            dw = new double[w.Length];
        for (int n = 0; n < Batch; n++)
        for (int o = 0; o < Out; o++)
        for (int i = 0; i < In; i++)
        for (int ky = 0; ky < Kernel; ky++)
        for (int kx = 0; kx < Kernel; kx++)
        {
            int at = (((o * In) + i) * Kernel + ky) * Kernel + kx;
            double weight = w[at],
                sum = 0;
            for (int r = 0; r < OutHeight; r++)
            {
                int row = (r * Stride) + ky - Padding;
                if (row < 0 || row >= Height)
                    continue;
                int to = ((n * Out + o) * OutHeight + r) * OutWidth,
                    from = ((n * In + i) * Height + row) * Width + kx - Padding;
                int first = Math.Max(0, (Padding - kx + Stride - 1) / Stride),
                    last = Math.Min(OutWidth, (Width - 1 + Padding - kx) / Stride + 1);
                for (int c = first; c < last; c++)
                {
                    int source = from + (c * Stride);
                    y[to + c] += weight * x[source];
                    dx[source] += weight * g[to + c];
                    sum += (double)x[source] * g[to + c];
                }
            }
            dw[at] += sum;
        }
        return [y, dx, dw];
    }

    public override float[][] Compute()
    {
        using IDisposable scope = NewDisposeScope();
        Tensor x = Map(Input, Batch, In, Height, Width).requires_grad_(),
            w = tensor(Weights, [Out, In, Kernel, Kernel]).requires_grad_();
        Tensor y = nn.functional.conv2d(x, w, strides: [Stride, Stride], padding: [Padding, Padding]);
        (y * Map(Upstream, Batch, Out, OutHeight, OutWidth)).sum().backward();
        return [Read(y), Read(x.grad!), Read(w.grad!)];
    }
}
