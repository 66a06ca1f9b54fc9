using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Networks;
using static TorchSharp.torch;

namespace FasterSeg.Search.Regularizing;

/// <summary>
/// The differentiable latency of a relaxed architecture (paper, Section 3.3): a table and architecture parameters in, milliseconds
/// out. Double precision throughout. It knows nothing of training.
/// </summary>
public sealed class LatencyRegularizer
{
    private readonly SearchSpace space;
    private readonly LatencyRecursion recursion;

    /// <summary>Reads the latencies of every searched operator and of the role's stem out of a table.</summary>
    /// <exception cref="MissingLatencyException">The table lacks one of them.</exception>
    public LatencyRegularizer(LatencyTable table, SearchSpace space, Role role)
    {
        this.space = space;
        StemMs = space.Stem(space.StemRatio(role)).Sum(spec => table[spec]);
        recursion = new LatencyRecursion(
            [.. Enumerable.Range(0, 3).Select(s => Mixed(table, s, stride: 1))],
            [.. Enumerable.Range(0, 2).Select(s => Mixed(table, s, stride: 2))],
            space.WidthRatios.Count,
            IndexOf(space.StemRatio(role)),
            IndexOf(space.HeadRatio(role)),
            StemMs
        );
    }

    /// <summary>Latency of the stem, ms.</summary>
    public double StemMs { get; }

    /// <summary>The expected latency.</summary>
    /// <param name="architecture">Rows of alpha and beta sum to 1.</param>
    /// <param name="widths">For each scale, [maps of the scale, R]: probabilities, or one-hot where widths were sampled.</param>
    /// <param name="free">What it depends on; the rest is held and has no gradient.</param>
    public ExpectedLatency Of(RelaxedArchitecture architecture, IReadOnlyList<Tensor> widths, FreeParameters free = FreeParameters.All)
    {
        double[] ms = [];
        Tensor sum = Differentiable(architecture, widths, at =>
        {
            (ms, double[] slope) = Evaluate(at, free);
            return (ms.Sum(), slope);
        });
        return new ExpectedLatency(ms[0], ms[1], ms[2], sum);
    }

    /// <summary>A weighted sum of expected latencies.</summary>
    /// <param name="architecture">Rows of alpha and beta sum to 1.</param>
    /// <param name="widths">For each scale, [maps of the scale, R].</param>
    /// <param name="terms">The weight of each, and what it depends on.</param>
    /// <returns>A scalar of float64 in ms, differentiable once.</returns>
    internal Tensor Of(
        RelaxedArchitecture architecture,
        IReadOnlyList<Tensor> widths,
        IReadOnlyList<(double Weight, FreeParameters Free)> terms
    ) => Differentiable(architecture, widths, at =>
        {
            double value = 0;
            double[] slope = at.Zeros().ToVector();
            foreach (var (weight, free) in terms)
            {
                (double[] ms, double[] each) = Evaluate(at, free);
                value += weight * ms.Sum();
                for (int i = 0; i < slope.Length; i++)
                    slope[i] += weight * each[i];
            }
            return (value, slope);
        });

    private (double[] Ms, double[] Slope) Evaluate(LatencyPoint at, FreeParameters free)
    {
        (double[] ms, LatencyPoint gradient) = recursion.Evaluate(at.Holding(free, space.WidthRatios.Count));
        return (ms, gradient.Only(free).ToVector());
    }

    /// <summary>
    /// A scalar with the value and the gradient that a function in plain numbers gives: the tangent at this point. A few tensor operations
    /// in place of one for each layer.
    /// </summary>
    private static Tensor Differentiable(
        RelaxedArchitecture architecture,
        IReadOnlyList<Tensor> widths,
        Func<LatencyPoint, (double Value, double[] Slope)> function
    )
    {
        Tensor numbers = LatencyPoint.Flatten(architecture, widths),
            here = numbers.detach();
        (double value, double[] slope) = function(LatencyPoint.Split(here.data<double>().ToArray(), architecture, widths));
        // The first summand is 0 whatever the order in which torch adds, so that two runs agree to the last digit.
        return (numbers - here).dot(tensor(slope, dtype: ScalarType.Float64)) + value;
    }

    private MixedLatency Mixed(LatencyTable table, int scaleIndex, int stride)
    {
        int scale = SearchSpace.Scales[scaleIndex];
        double[] latencies =
        [
            .. from kind in SearchSpace.SearchedKinds
            from input in space.WidthRatios
            from output in space.WidthRatios
            select table[
                new OperatorSpec(
                    kind,
                    space.Height / scale,
                    space.Width / scale,
                    space.Channels(scale, input),
                    space.Channels(scale * stride, output),
                    stride
                )
            ],
        ];
        return new MixedLatency(latencies, space.WidthRatios.Count);
    }

    private int IndexOf(double ratio) => Enumerable.Range(0, space.WidthRatios.Count).First(i => space.WidthRatios[i] == ratio);
}
