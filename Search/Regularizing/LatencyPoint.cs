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
    public LatencyPoint Zeros() => Only(0);

    /// <summary>The point at which a latency of the free parameters is taken: what is held has its fixed numbers.</summary>
    /// <param name="free">What keeps the numbers that it has here.</param>
    /// <param name="widths">Number of widths, R; the widest is the last one.</param>
    public LatencyPoint Holding(FreeParameters free, int widths) =>
        new(
            free.HasFlag(FreeParameters.Alpha) ? Alpha : Like(Alpha, _ => 1.0 / SearchSpace.SearchedKinds.Count),
            free.HasFlag(FreeParameters.Beta) ? Beta : Like(Beta, _ => 0.5),
            free.HasFlag(FreeParameters.Widths) ? Widths : Like(Widths, i => i % widths == widths - 1 ? 1 : 0)
        );

    /// <summary>Of a gradient the part of the free parameters; what is held has none.</summary>
    public LatencyPoint Only(FreeParameters free) =>
        new(
            free.HasFlag(FreeParameters.Alpha) ? Alpha : Like(Alpha, _ => 0),
            free.HasFlag(FreeParameters.Beta) ? Beta : Like(Beta, _ => 0),
            free.HasFlag(FreeParameters.Widths) ? Widths : Like(Widths, _ => 0)
        );

    /// <summary>All numbers in the order of <see cref="Flatten"/>.</summary>
    public double[] ToVector() => [.. All.SelectMany(rows => rows)];

    private static double[][] Like(double[][] rows, Func<int, double> value) =>
        [.. rows.Select(each => Enumerable.Range(0, each.Length).Select(value).ToArray())];
}
