using System.Diagnostics;
using FasterSeg.Latency.Numbers;
using static TorchSharp.torch;

namespace FasterSeg.Search.Native.Kernels;

/// <summary>
/// The computations that are compared before libtorch is trusted: those of the networks, at channels that are no multiple of 16, at odd
/// sides, at batches of one and more.
/// </summary>
internal static class KnownAnswers
{
    /// <summary>Largest difference that rounding explains, as a share of the expected values' root mean square.</summary>
    public const double Tolerance = 1e-3;

    // What is left in a register or a buffer by chance shows now and then only.
    private const int Times = 4;

    // The first ones are where oneDNN 3.7 is wrong with AVX-512 on Zen 5.
    private static readonly KnownAnswer[] Maps =
    [
        new KnownConvolution(2, 40, 72, 8, 16),
        new KnownConvolution(2, 72, 40, 8, 16),
        new KnownConvolution(2, 24, 24, 8, 16),
        new KnownConvolution(2, 56, 24, 9, 15, Stride: 2),
        new KnownConvolution(2, 8, 8, 17, 31),
        new KnownConvolution(2, 3, 8, 32, 48, Stride: 2),
        new KnownConvolution(2, 8, 24, 16, 32, Stride: 2),
        new KnownConvolution(3, 40, 56, 5, 7),
        new KnownConvolution(1, 24, 40, 24, 40),
        new KnownConvolution(1, 72, 8, 12, 25),
        new KnownConvolution(2, 48, 96, 8, 8),
        new KnownConvolution(2, 16, 32, 8, 16, Stride: 2),
        new KnownConvolution(2, 64, 64, 4, 8),
        new KnownConvolution(2, 40, 24, 8, 16, Kernel: 1),
        new KnownConvolution(2, 56, 72, 9, 7, Kernel: 1, Stride: 2),
        new KnownConvolution(1, 8, 19, 32, 64, Kernel: 1),
        new KnownConvolution(1, 24, 24, 6, 10),
        new KnownNorm(2, 40, 8, 16),
        new KnownNorm(1, 24, 9, 15),
        new KnownNorm(3, 72, 5, 7),
        new KnownResize(2, 40, 8, 16, 4, 8),
        new KnownResize(1, 24, 5, 9, 10, 18),
        new KnownResize(2, 19, 4, 8, 32, 64),
    ];

    /// <summary>All of them, maps in both layouts.</summary>
    public static IReadOnlyList<KnownAnswer> All { get; } =
    [.. Maps, .. Maps.Select(answer => answer with { ChannelsLast = true }), new KnownProduct(40, 72, 24), new KnownProduct(17, 56, 33)];

    /// <summary>Computes each several times and compares every result.</summary>
    /// <param name="compute">How; null is libtorch. Tests put wrong kernels here.</param>
    /// <param name="answers">Which; null is all.</param>
    public static KernelReading Check(Func<KnownAnswer, float[][]>? compute = null, IReadOnlyList<KnownAnswer>? answers = null)
    {
        answers ??= All;
        compute ??= answer => answer.Compute();
        string worst = "";
        double off = 0;
        // The same numbers in either layout.
        var known = new Dictionary<string, double[][]>(StringComparer.Ordinal);
        foreach (KnownAnswer answer in answers)
        {
            if (!known.TryGetValue(answer.Computation, out double[][]? expected))
                known.Add(answer.Computation, expected = answer.Expected());
            for (int time = 0; time < Times; time++)
            {
                float[][] results = compute(answer);
                for (int i = 0; i < expected.Length; i++)
                {
                    double difference = RelativeDifference.Largest(expected[i], results[i]);
                    // Also where it is no number.
                    if (difference <= off)
                        continue;
                    (worst, off) = ($"{answer.Name}, {answer.Results[i]}", difference);
                    if (double.IsPositiveInfinity(off))
                        return new(answers.Count, worst, off, ConvolutionMs());
                }
            }
        }
        return new(answers.Count, worst, off, ConvolutionMs());
    }

    /// <summary>How long a convolution of ordinary size takes, forward and backward, in ms: what slower kernels cost.</summary>
    private static double ConvolutionMs()
    {
        const int Runs = 7;
        using IDisposable scope = NewDisposeScope();
        Tensor x = ones(2, 48, 32, 64).requires_grad_(),
            w = ones(48, 48, 3, 3).requires_grad_();
        double[] times = new double[Runs];
        for (int run = 0; run < Runs; run++)
        {
            long start = Stopwatch.GetTimestamp();
            nn.functional.conv2d(x, w, padding: [1, 1]).sum().backward();
            times[run] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
        return times.Order().ElementAt(Runs / 2);
    }
}
