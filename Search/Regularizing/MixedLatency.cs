namespace FasterSeg.Search.Regularizing;

/// <summary>The expected latency of a mixed operator, ms: the sum over operators o and both widths of alpha_o p(in) p(out) T[o, in,
/// out].</summary>
/// <param name="table">T: the latencies of its operators at one scale and stride, ms: [operator][input width][output width],
/// flattened.</param>
/// <param name="widths">Number of widths, R; at most 32.</param>
internal sealed class MixedLatency(double[] table, int widths)
{
    /// <summary>Number of operators it mixes.</summary>
    public int Operators { get; } = table.Length / (widths * widths);

    /// <summary>Its value.</summary>
    public double Value(ReadOnlySpan<double> alpha, ReadOnlySpan<double> input, ReadOnlySpan<double> output)
    {
        double sum = 0;
        for (int o = 0; o < alpha.Length; o++)
            sum += alpha[o] * OfOperator(o, input, output);
        return sum;
    }

    /// <summary>Adds its gradient, <paramref name="factor"/> times, to those of alpha and both widths.</summary>
    public void AddGradient(
        double factor,
        ReadOnlySpan<double> alpha,
        ReadOnlySpan<double> input,
        ReadOnlySpan<double> output,
        Span<double> toAlpha,
        Span<double> toInput,
        Span<double> toOutput
    )
    {
        Span<double> byOutput = stackalloc double[widths];
        for (int o = 0; o < alpha.Length; o++)
        {
            ReadOnlySpan<double> latencies = Latencies(o);
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

    private double OfOperator(int o, ReadOnlySpan<double> input, ReadOnlySpan<double> output)
    {
        ReadOnlySpan<double> latencies = Latencies(o);
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

    private ReadOnlySpan<double> Latencies(int o) => table.AsSpan(o * widths * widths, widths * widths);
}
