using FasterSeg.Latency.Predicting;

namespace FasterSeg.Bench.Predicting;

/// <summary>Collects relative errors of predictions, and how many bounds hold what they should.</summary>
internal sealed class Tally
{
    private readonly List<double> errors = [];
    private int bounded,
        inside;

    /// <summary>Adds a prediction with its bounds.</summary>
    public void Add(PredictedLatency predicted, double ms) => Add(predicted.MedianMs, ms, predicted.LowMs <= ms && ms <= predicted.HighMs);

    /// <summary>Adds a prediction.</summary>
    /// <param name="predicted">ms.</param>
    /// <param name="ms">What was measured.</param>
    /// <param name="within">Whether that is within the prediction's bounds; null where it has none.</param>
    public void Add(double predicted, double ms, bool? within = null)
    {
        errors.Add(Math.Abs((predicted / ms) - 1));
        if (within is not { } isInside)
            return;
        bounded++;
        if (isInside)
            inside++;
    }

    /// <summary>Median, 90 %, 95 % and largest error, and the share within the bounds, in percent.</summary>
    public override string ToString()
    {
        double[] sorted = [.. errors.Order()];
        double At(double share) => 100 * sorted[(int)(share * (sorted.Length - 1))];
        string bounds = bounded == 0 ? "" : FormattableString.Invariant($"{100.0 * inside / bounded:F1}");
        return FormattableString.Invariant($"{At(0.5):F1},{At(0.9):F1},{At(0.95):F1},{At(1):F0},{bounds}");
    }
}
