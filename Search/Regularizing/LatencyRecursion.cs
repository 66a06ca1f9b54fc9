namespace FasterSeg.Search.Regularizing;

/// <summary>
/// The expected latency of a relaxed architecture and its gradient in plain numbers (paper, Section 3.3). With keep(l,s) and down(l,s) the
/// expected latencies of a cell's two mixed operators, A(l,s) the latency up to a kept output and D(l,s) up to a came-down one: A = P +
/// keep, D = P + down, where P is the stem at layer 0, A(l-1,0) at scale 8, D(l-1,s-1) for a scale's first cell, else beta_keep A(l-1,s) +
/// beta_down D(l-1,s-1).
/// </summary>
/// <param name="keeping">The mixed operator that keeps the scale, at each scale.</param>
/// <param name="goingDown">The one that goes down to the next, at the first two.</param>
/// <param name="widths">Number of widths, R.</param>
/// <param name="stem">Index of the stem's width.</param>
/// <param name="head">Index of the last maps' width.</param>
/// <param name="stemMs">Latency of the stem.</param>
internal sealed class LatencyRecursion(MixedLatency[] keeping, MixedLatency[] goingDown, int widths, int stem, int head, double stemMs)
{
    private const int Scales = 3;

    /// <summary>The latency up to the last map of each scale, ms, and the gradient of their sum.</summary>
    public (double[] Ms, LatencyPoint Gradient) Evaluate(LatencyPoint at)
    {
        int operators = keeping[0].Operators;
        int[] cells = [.. at.Alpha.Select(rows => rows.Length / operators)];
        double[][] keep = Zeros(cells),
            down = Zeros(cells),
            a = Zeros(cells),
            d = Zeros(cells);
        double[] fixedStem = OneHot(stem),
            fixedHead = OneHot(head);
        LatencyPoint gradient = at.Zeros();
        double[] nowhere = new double[widths];

        for (int s = 0; s < Scales; s++)
        {
            for (int i = 0; i < cells[s]; i++)
            {
                keep[s][i] = keeping[s].Value(Row(at.Alpha, s, i, operators), Input(at, s, i), Kept(at, s, i));
                if (HasDown(s, i))
                    down[s][i] = goingDown[s].Value(Row(at.Alpha, s, i, operators), Input(at, s, i), Row(at.Widths, s + 1, i, widths));
                double before =
                    s == 0
                        ? i == 0
                            ? stemMs
                            : a[0][i - 1]
                        : i == 0
                            ? d[s - 1][0]
                            : (at.Beta[s][2 * i - 1] * a[s][i - 1]) + (at.Beta[s][2 * i - 2] * d[s - 1][i]);
                a[s][i] = before + keep[s][i];
                d[s][i] = before + down[s][i];
            }
        }

        // Backwards: what each latency adds to the sum.
        double[][] toA = Zeros(cells),
            toD = Zeros(cells);
        for (int s = Scales - 1; s >= 0; s--)
        {
            toA[s][^1] += 1;
            for (int i = cells[s] - 1; i >= 0; i--)
            {
                double toBefore = toA[s][i] + toD[s][i];
                keeping[s]
                    .AddGradient(
                        toA[s][i],
                        Row(at.Alpha, s, i, operators),
                        Input(at, s, i),
                        Kept(at, s, i),
                        Row(gradient.Alpha, s, i, operators),
                        Input(gradient, s, i),
                        Kept(gradient, s, i)
                    );
                if (HasDown(s, i))
                {
                    goingDown[s]
                        .AddGradient(
                            toD[s][i],
                            Row(at.Alpha, s, i, operators),
                            Input(at, s, i),
                            Row(at.Widths, s + 1, i, widths),
                            Row(gradient.Alpha, s, i, operators),
                            Input(gradient, s, i),
                            Row(gradient.Widths, s + 1, i, widths)
                        );
                }
                if (i == 0 && s > 0)
                    toD[s - 1][0] += toBefore;
                if (i == 0)
                    continue;
                if (s == 0)
                {
                    toA[0][i - 1] += toBefore;
                    continue;
                }
                gradient.Beta[s][2 * i - 1] += toBefore * a[s][i - 1];
                gradient.Beta[s][2 * i - 2] += toBefore * d[s - 1][i];
                toA[s][i - 1] += toBefore * at.Beta[s][2 * i - 1];
                toD[s - 1][i] += toBefore * at.Beta[s][2 * i - 2];
            }
        }
        return ([.. a.Select(scale => scale[^1])], gradient);

        // A last cell does not go down; the map that another one gives there has the widths of the next scale, row by row.
        bool HasDown(int s, int i) => s < Scales - 1 && i < cells[s] - 1;

        Span<double> Input(LatencyPoint point, int s, int i) =>
            s > 0 ? Row(point.Widths, s, i, widths)
            : i > 0 ? Row(point.Widths, 0, i - 1, widths)
            : ReferenceEquals(point, at) ? fixedStem
            : nowhere;

        Span<double> Kept(LatencyPoint point, int s, int i) =>
            i == cells[s] - 1
                ? ReferenceEquals(point, at)
                    ? fixedHead
                    : nowhere
                : Row(point.Widths, s, s == 0 ? i : i + 1, widths);
    }

    private static Span<double> Row(double[][] rows, int scale, int row, int length) => rows[scale].AsSpan(row * length, length);

    private static double[][] Zeros(int[] lengths) => [.. lengths.Select(length => new double[length])];

    private double[] OneHot(int index)
    {
        double[] hot = new double[widths];
        hot[index] = 1;
        return hot;
    }
}
