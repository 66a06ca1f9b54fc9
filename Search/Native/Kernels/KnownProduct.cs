using static TorchSharp.torch;

namespace FasterSeg.Search.Native.Kernels;

/// <summary>A product of matrices: [M, K] by [K, N].</summary>
internal sealed record KnownProduct(int M, int K, int N) : KnownAnswer(FormattableString.Invariant($"matrix product {M}x{K} by {K}x{N}"))
{
    private float[] Left => Values(M * K, 9);

    private float[] Right => Values(K * N, 10);

    private float[] Upstream => Values(M * N, 11);

    public override IReadOnlyList<string> Results { get; } = ["output", "gradient of the left side", "gradient of the right side"];

    public override double[][] Expected()
    {
        float[] a = Left,
            b = Right,
            g = Upstream;
        double[] y = new double[M * N],
            da = new double[M * K],
            db = new double[K * N];
        for (int m = 0; m < M; m++)
        for (int k = 0; k < K; k++)
        for (int n = 0; n < N; n++)
        {
            y[(m * N) + n] += (double)a[(m * K) + k] * b[(k * N) + n];
            da[(m * K) + k] += (double)g[(m * N) + n] * b[(k * N) + n];
            db[(k * N) + n] += (double)a[(m * K) + k] * g[(m * N) + n];
        }
        return [y, da, db];
    }

    public override float[][] Compute()
    {
        using IDisposable scope = NewDisposeScope();
        Tensor a = tensor(Left, [M, K]).requires_grad_(),
            b = tensor(Right, [K, N]).requires_grad_();
        Tensor y = a.matmul(b);
        (y * tensor(Upstream, [M, N])).sum().backward();
        return [y.data<float>().ToArray(), a.grad!.data<float>().ToArray(), b.grad!.data<float>().ToArray()];
    }
}
