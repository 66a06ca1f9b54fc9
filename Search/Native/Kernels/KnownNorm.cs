using static TorchSharp.torch;

namespace FasterSeg.Search.Native.Kernels;

/// <summary>Batch normalization in training, with scale and shift: [N, C, H, W].</summary>
internal sealed record KnownNorm(int Batch, int Channels, int Height, int Width)
    : KnownAnswer(FormattableString.Invariant($"batch norm on {Batch}x{Channels}x{Height}x{Width}"))
{
    private const double Epsilon = 1e-5;

    private int Plane => Height * Width;

    private float[] Input => Values(Batch * Channels * Plane, 4);

    private float[] Scale => [.. Values(Channels, 5).Select(value => 1 + (value / 2))];

    private float[] Upstream => Values(Batch * Channels * Plane, 6);

    public override IReadOnlyList<string> Results { get; } = ["output", "gradient of the input", "gradient of the scale"];

    public override double[][] Expected()
    {
        float[] x = Input,
            scale = Scale,
            g = Upstream;
        double[] y = new double[x.Length],
            dx = new double[x.Length],
            ds = new double[Channels];
        double count = Batch * Plane;
        for (int c = 0; c < Channels; c++)
        {
            int[] places =
            [
                .. from n in Enumerable.Range(0, Batch) from i in Enumerable.Range(0, Plane) select (((n * Channels) + c) * Plane) + i,
            ];
            double mean = places.Sum(at => (double)x[at]) / count;
            double deviation = Math.Sqrt((places.Sum(at => (x[at] - mean) * (x[at] - mean)) / count) + Epsilon);
            double sum = places.Sum(at => (double)g[at]);
            ds[c] = places.Sum(at => g[at] * (x[at] - mean) / deviation);
            foreach (int at in places)
            {
                double normal = (x[at] - mean) / deviation;
                y[at] = (scale[c] * normal) + Shift;
                dx[at] = scale[c] / deviation * (g[at] - (sum / count) - (normal * ds[c] / count));
            }
        }
        return [y, dx, ds];
    }

    public override float[][] Compute()
    {
        using IDisposable scope = NewDisposeScope();
        Tensor x = Map(Input, Batch, Channels, Height, Width).requires_grad_(),
            scale = tensor(Scale).requires_grad_();
        Tensor y = nn.functional.batch_norm(
            x,
            zeros(Channels),
            ones(Channels),
            scale,
            full([Channels], Shift),
            training: true,
            momentum: 0.1,
            eps: Epsilon
        );
        (y * Map(Upstream, Batch, Channels, Height, Width)).sum().backward();
        return [Read(y), Read(x.grad!), Read(scale.grad!)];
    }

    private const float Shift = 0.25f;
}
