namespace FasterSeg.Search.Regularizing;

/// <summary>The expected latency of one mixed operator: the sum over operators and both widths of alpha_o p(in) p(out) T[o, in,
/// out].</summary>
/// <param name="widths">Number of widths, R.</param>
internal sealed class MixedCell(int widths)
{
    private readonly double[] byOutput = new double[widths];

    /// <summary>The latency, ms.</summary>
    public double Value(ReadOnlySpan<double> alpha, ReadOnlySpan<double> table, ReadOnlySpan<double> input, ReadOnlySpan<double> output)
    {
        double sum = 0;
        for (int o = 0; o < alpha.Length; o++)
            sum += alpha[o] * OfOperator(table.Slice(o * widths * widths, widths * widths), input, output);
        return sum;
    }

    /// <summary>Adds its gradient, <paramref name="factor"/> times, to those of alpha and both widths.</summary>
    public void AddGradient(
        double factor,
        ReadOnlySpan<double> alpha,
        ReadOnlySpan<double> table,
        ReadOnlySpan<double> input,
        ReadOnlySpan<double> output,
        Span<double> toAlpha,
        Span<double> toInput,
        Span<double> toOutput
    )
    {
        Array.Clear(byOutput);
        for (int o = 0; o < alpha.Length; o++)
        {
            ReadOnlySpan<double> latencies = table.Slice(o * widths * widths, widths * widths);
            double total = 0;
            for (int i = 0; i < widths; i++)
            {
                double inner = 0;
                for (int j = 0; j < widths; j++)
                {
                    double latency = latencies[(i * widths) + j];
                    inner += latency * output[j];
                    byOutput[j] += alpha[o] * input[i] * latency;
                }
                toInput[i] += factor * alpha[o] * inner;
                total += input[i] * inner;
            }
            toAlpha[o] += factor * total;
        }
        for (int j = 0; j < widths; j++)
            toOutput[j] += factor * byOutput[j];
    }

    private double OfOperator(ReadOnlySpan<double> latencies, ReadOnlySpan<double> input, ReadOnlySpan<double> output)
    {
        double sum = 0;
        for (int i = 0; i < widths; i++)
        {
            // A sampled width has one entry.
            if (input[i] == 0)
                continue;
            double inner = 0;
            for (int j = 0; j < widths; j++)
                inner += latencies[(i * widths) + j] * output[j];
            sum += input[i] * inner;
        }
        return sum;
    }
}
