using FasterSeg.Operators.Spaces;
using FasterSeg.Operators.Tables;
using FasterSeg.Search.Client.Networks;
using static TorchSharp.torch;

namespace FasterSeg.Search.Client.Latency;

/// <summary>
/// The differentiable latency of a relaxed architecture (paper, Section 3.3): a table and architecture parameters in, milliseconds
/// out. Double precision throughout. It knows nothing of training.
/// </summary>
/// <remarks>
/// With keep(l,s) and down(l,s) the expected latencies of a cell's two mixed operators, A(l,s) the latency up to a kept
/// output and D(l,s) up to a came-down one: A = P + keep, D = P + down, where P is the stem at layer 0, A(l-1,0) at scale 8,
/// D(l-1,s-1) for a scale's first cell, else beta_keep A(l-1,s) + beta_down D(l-1,s-1). The result is the sum of A at the last
/// layer over the three scales. For each scale A solves one bidiagonal system, so that no layer is walked by hand.
/// </remarks>
public sealed class LatencyRegularizer
{
    private readonly SearchSpace space;
    private readonly Tensor[] keepTable = new Tensor[3];
    private readonly Tensor[] downTable = new Tensor[2];
    private readonly Tensor stemWidth;
    private readonly Tensor headWidth;

    /// <summary>Reads the latencies of every searched operator and of the role's stem out of a table.</summary>
    /// <exception cref="MissingLatencyException">The table lacks one of them.</exception>
    public LatencyRegularizer(LatencyTable table, SearchSpace space, Role role)
    {
        this.space = space;
        double stem = space.StemRatio(role);
        double head = space.HeadRatio(role);
        // They outlive whatever scope the table arrived in: a newer one may come in the middle of a search.
        for (int s = 0; s < 3; s++) keepTable[s] = Read(table, s, stride: 1).DetachFromDisposeScope();
        for (int s = 0; s < 2; s++) downTable[s] = Read(table, s, stride: 2).DetachFromDisposeScope();
        stemWidth = OneHot(stem).DetachFromDisposeScope();
        headWidth = OneHot(head).DetachFromDisposeScope();
        StemMs = space.Stem(stem).Sum(spec => table[spec]);
    }

    /// <summary>Latency of the stem, ms.</summary>
    public double StemMs { get; }

    /// <summary>The expected latency.</summary>
    /// <param name="alpha">For each scale s, [L - s, 5], rows summing to 1.</param>
    /// <param name="beta">For scales 1 and 2, [L - s - 1, 2] as (came down, kept), rows summing to 1.</param>
    /// <param name="widths">For each scale, [maps of the scale, R]: probabilities, or one-hot where widths were sampled.</param>
    public ExpectedLatency Of(IReadOnlyList<Tensor> alpha, IReadOnlyList<Tensor?> beta, IReadOnlyList<Tensor> widths)
    {
        Tensor[] keep = new Tensor[3], down = new Tensor[2];
        for (int s = 0; s < 3; s++)
        {
            Tensor a = Double(alpha[s]);
            (Tensor input, Tensor output) = CellWidths(widths, s);
            keep[s] = Mixed(a, keepTable[s], input, output);
            if (s == 2) continue;
            // A last cell does not go down; the map it would give has the widths of the next scale, row by row.
            long cells = a.shape[0] - 1;
            down[s] = Mixed(a.narrow(0, 0, cells), downTable[s], input.narrow(0, 0, cells), Double(widths[s + 1]));
        }

        Tensor a0 = keep[0].cumsum(0) + StemMs;
        Tensor before = a0 - keep[0];
        Tensor d = before.narrow(0, 0, down[0].shape[0]) + down[0];
        Tensor a1 = Accumulate(keep[1], d, beta[1]!);
        before = a1 - keep[1];
        d = before.narrow(0, 0, down[1].shape[0]) + down[1];
        Tensor a2 = Accumulate(keep[2], d, beta[2]!);
        return new ExpectedLatency(a0[-1], a1[-1], a2[-1]);
    }

    /// <summary>
    /// A along a scale: A_i = keep_i + beta_keep,i A_(i-1) + beta_down,i D_i, where the first cell has no kept input.
    /// </summary>
    private static Tensor Accumulate(Tensor keep, Tensor cameDown, Tensor beta)
    {
        Tensor b = Double(beta);
        Tensor enter = cat([ones(1, dtype: ScalarType.Float64), b.select(1, 0)], 0) * cameDown;
        Tensor system = eye(keep.shape[0], dtype: ScalarType.Float64) - diag_embed(b.select(1, 1), -1);
        return linalg.solve_triangular(system, (keep + enter).unsqueeze(1), upper: false, unitriangular: true).squeeze(1);
    }

    /// <summary>sum over operators and both widths of alpha_o p(in) p(out) T[o, in, out] for each cell: [cells].</summary>
    private static Tensor Mixed(Tensor alpha, Tensor table, Tensor input, Tensor output)
    {
        Tensor byWidths = alpha.matmul(table.flatten(1)).reshape(alpha.shape[0], table.shape[1], table.shape[2]);
        return input.unsqueeze(1).matmul(byWidths).matmul(output.unsqueeze(2)).flatten();
    }

    /// <summary>The distributions of the input and the kept output's width for each cell of a scale.</summary>
    private (Tensor Input, Tensor Output) CellWidths(IReadOnlyList<Tensor> widths, int scale)
    {
        Tensor maps = Double(widths[scale]);
        return scale == 0
            ? (cat([stemWidth, maps], 0), cat([maps, headWidth], 0))
            : (maps, cat([maps.narrow(0, 1, maps.shape[0] - 1), headWidth], 0));
    }

    private Tensor Read(LatencyTable table, int scaleIndex, int stride)
    {
        int scale = SearchSpace.Scales[scaleIndex], count = space.WidthRatios.Count;
        var values = new double[MixedOperator.Kinds.Count * count * count];
        int next = 0;
        foreach (OperatorKind kind in MixedOperator.Kinds)
        {
            foreach (double input in space.WidthRatios)
            {
                foreach (double output in space.WidthRatios)
                    values[next++] = table[new OperatorSpec(kind, space.Height / scale, space.Width / scale,
                        space.Channels(scale, input), space.Channels(scale * stride, output), stride)];
            }
        }
        return tensor(values, dtype: ScalarType.Float64).reshape(MixedOperator.Kinds.Count, count, count);
    }

    // A few hundred numbers: the CPU is the fastest place for them, wherever the supernet lives.
    private static Tensor Double(Tensor values) => values.to(ScalarType.Float64).cpu();

    private Tensor OneHot(double ratio) =>
        tensor(space.WidthRatios.Select(r => r == ratio ? 1.0 : 0.0).ToArray(), dtype: ScalarType.Float64).unsqueeze(0);
}
