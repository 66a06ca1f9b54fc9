using FasterSeg.Search.Networks.Layers;
using static TorchSharp.torch;

namespace FasterSeg.Search.Native.Kernels;

/// <summary>Bilinear resizing with aligned corners: [N, C, H, W] to [N, C, H', W'].</summary>
internal sealed record KnownResize(int Batch, int Channels, int Height, int Width, int ToHeight, int ToWidth)
    : KnownAnswer(FormattableString.Invariant($"bilinear {Batch}x{Channels}x{Height}x{Width} to {ToHeight}x{ToWidth}"))
{
    private float[] Input => Values(Batch * Channels * Height * Width, 7);

    private float[] Upstream => Values(Batch * Channels * ToHeight * ToWidth, 8);

    public override IReadOnlyList<string> Results { get; } = ["output", "gradient of the input"];

    public override double[][] Expected()
    {
        float[] x = Input,
            g = Upstream;
        double[] y = new double[g.Length],
            dx = new double[x.Length];
        for (int r = 0; r < ToHeight; r++)
        for (int c = 0; c < ToWidth; c++)
        {
            (int top, double down) = Place(r, Height, ToHeight);
            (int left, double right) = Place(c, Width, ToWidth);
            foreach ((int row, double high) in new[] { (top, 1 - down), (Math.Min(top + 1, Height - 1), down) })
            foreach ((int column, double wide) in new[] { (left, 1 - right), (Math.Min(left + 1, Width - 1), right) })
            {
                for (int map = 0; map < Batch * Channels; map++)
                {
                    int from = (((map * Height) + row) * Width) + column,
                        to = (((map * ToHeight) + r) * ToWidth) + c;
                    y[to] += high * wide * x[from];
                    dx[from] += high * wide * g[to];
                }
            }
        }
        return [y, dx];
    }

    public override float[][] Compute()
    {
        using IDisposable scope = NewDisposeScope();
        Tensor x = Map(Input, Batch, Channels, Height, Width).requires_grad_();
        Tensor y = Bilinear.Resize(x, ToHeight, ToWidth);
        (y * Map(Upstream, Batch, Channels, ToHeight, ToWidth)).sum().backward();
        return [Read(y), Read(x.grad!)];
    }

    /// <summary>The sample before a position, and how far behind it the position lies, 0 to 1.</summary>
    private static (int Before, double Share) Place(int index, int side, int toSide)
    {
        double at = toSide == 1 ? 0 : index * (side - 1.0) / (toSide - 1);
        int before = Math.Min((int)at, side - 1);
        return (before, at - before);
    }
}
