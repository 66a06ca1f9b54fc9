using FasterSeg.Latency.Spaces;
using FasterSeg.Search.Networks;
using static TorchSharp.torch;

namespace FasterSeg.Search.Regularizing;

/// <summary>
/// A relaxed architecture in plain numbers, or the gradient at one: for each scale s the rows of alpha, beta and the widths, one row after
/// the other.
/// </summary>
/// <param name="Alpha">(L - s) x 5.</param>
/// <param name="Beta">(L - s - 1) x 2 as (came down, kept); empty at scale 0.</param>
/// <param name="Widths">Maps of the scale x R.</param>
internal sealed record LatencyPoint(double[][] Alpha, double[][] Beta, double[][] Widths)
{
    private IEnumerable<double[]> All => Alpha.Concat(Beta).Concat(Widths);

    /// <summary>Every number of an architecture in one vector of float64 on the CPU, which is the fastest place for a few hundred;
    /// differentiable.</summary>
    public static Tensor Flatten(RelaxedArchitecture architecture, IReadOnlyList<Tensor> widths) =>
        cat([.. architecture.Alpha.Concat(architecture.Beta.OfType<Tensor>()).Concat(widths).Select(part => part.reshape(-1))])
            .to(ScalarType.Float64)
            .cpu();

    /// <summary>The parts of <see cref="Flatten"/>'s vector.</summary>
    /// <param name="numbers">Its numbers.</param>
    /// <param name="architecture">Of the same shapes.</param>
    /// <param name="widths">Of the same shapes.</param>
    public static LatencyPoint Split(ReadOnlySpan<double> numbers, RelaxedArchitecture architecture, IReadOnlyList<Tensor> widths)
    {
        int at = 0;
        double[][] alpha = Take(architecture.Alpha, numbers),
            beta = Take(architecture.Beta, numbers);
        return new(alpha, beta, Take(widths, numbers));

        double[][] Take(IReadOnlyList<Tensor?> parts, ReadOnlySpan<double> numbers)
        {
            var taken = new double[parts.Count][];
            for (int s = 0; s < parts.Count; s++)
            {
                int length = (int)(parts[s]?.numel() ?? 0);
                taken[s] = numbers.Slice(at, length).ToArray();
                at += length;
            }
            return taken;
        }
    }

    /// <summary>The same shapes, all 0.</summary>
    public LatencyPoint Zeros() => new(Like(Alpha, 0), Like(Beta, 0), Like(Widths, 0));

    /// <summary>Every operator as likely as any other.</summary>
    public LatencyPoint WithUniformAlpha() => this with { Alpha = Like(Alpha, 1.0 / SearchSpace.SearchedKinds.Count) };

    /// <summary>Coming down as likely as being kept.</summary>
    public LatencyPoint WithUniformBeta() => this with { Beta = Like(Beta, 0.5) };

    /// <summary>The widest of <paramref name="count"/> widths everywhere.</summary>
    public LatencyPoint WithFullWidths(int count) =>
        this with
        {
            Widths = [.. Widths.Select(rows => Enumerable.Range(0, rows.Length).Select(i => i % count == count - 1 ? 1.0 : 0.0).ToArray())],
        };

    /// <summary>Of a gradient here only what was free: 0 where <paramref name="held"/> has other numbers in place of
    /// <paramref name="at"/>'s.</summary>
    public LatencyPoint Free(LatencyPoint at, LatencyPoint held) =>
        new(
            ReferenceEquals(held.Alpha, at.Alpha) ? Alpha : Like(Alpha, 0),
            ReferenceEquals(held.Beta, at.Beta) ? Beta : Like(Beta, 0),
            ReferenceEquals(held.Widths, at.Widths) ? Widths : Like(Widths, 0)
        );

    /// <summary>All numbers in the order of <see cref="Flatten"/>.</summary>
    public double[] ToVector() => [.. All.SelectMany(rows => rows)];

    private static double[][] Like(double[][] rows, double value) =>
        [
            .. rows.Select(each =>
            {
                double[] like = new double[each.Length];
                Array.Fill(like, value);
                return like;
            }),
        ];
}
