using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Fleet.Service.Merging;

/// <summary>
/// Whether a card measures what its pool's reference measures, by the operators of <see cref="CalibrationPlan"/> on both: the same, or the
/// same times one factor, or something else. How the limits were chosen: docs/decisions/0030.
/// </summary>
internal static class CardComparison
{
    /// <summary>Operators may scatter by this share about the common factor, beyond their own errors.</summary>
    public const double AllowedScatter = 0.01;

    /// <summary>A factor beyond this, or below its inverse, is none of two cards of one kind in one state.</summary>
    public const double LargestFactor = 1.25;

    /// <summary>Where half of the operators have larger errors than this, the cards do not repeat to 1 % themselves.</summary>
    public const double LargestError = 0.0065;

    /// <summary>All kinds are surer than this where few operators suffice.</summary>
    public const double SureAtOnce = 0.0075;

    /// <summary>Operators that fail on the card and not on the reference before it is refused for it.</summary>
    public const int MostFailures = 2;

    // A factor within so many of its errors of 1 is none.
    private const double FactorErrors = 2;

    // Scatter is told from chance from so many standard deviations of the sum of squares on.
    private const double ScatterErrors = 3;

    /// <summary>Compares a card with the reference.</summary>
    /// <param name="reference">What the reference measured.</param>
    /// <param name="card">What the card measured of it; what either lacks does not count.</param>
    /// <param name="measured">How many operators of the plan both were to have measured by now.</param>
    /// <param name="most">How many there are to be measured at most: at these the card is merged or refused.</param>
    public static CardVerdict Judge(
        IReadOnlyDictionary<OperatorSpec, LatencyEntry> reference,
        IReadOnlyDictionary<OperatorSpec, LatencyEntry> card,
        int measured,
        int most = CalibrationPlan.Most
    )
    {
        var compared = new List<ComparedOperator>();
        var failed = new List<OperatorSpec>();
        foreach ((OperatorSpec spec, LatencyEntry entry) in card.OrderBy(pair => pair.Key.ToString(), StringComparer.Ordinal))
        {
            if (!reference.TryGetValue(spec, out LatencyEntry? other))
                continue;
            if (ComparedOperator.Of(other, entry) is { } pair)
                compared.Add(pair);
            else if (entry.Failure is not null && other.Failure is null)
                failed.Add(spec);
        }
        bool isLast = measured >= most;
        if (compared.Count == 0)
            return new(isLast ? CardAnswer.Refused : CardAnswer.NeedsMore, 1, 0, CardReasons.TooFew(0, measured, failed), 0);

        var common = CommonFactor.Of(compared);
        IReadOnlyList<KindDeviation> kinds = KindDeviation.Of(compared);
        double scatter = ScatterOf(compared, common.Log);
        string? reason = isLast ? Refusal() : Refusal() ?? Doubt();
        bool isOne = Math.Abs(common.Log) <= FactorErrors * common.Error;
        CardAnswer answer =
            reason is null ? (isOne ? CardAnswer.Merged : CardAnswer.MergedWithFactor)
            : isLast ? CardAnswer.Refused
            : CardAnswer.NeedsMore;
        double factor = answer == CardAnswer.Merged ? 1 : Math.Exp(common.Log);
        return new(answer, factor, common.Error, reason ?? "", compared.Count);

        string? Refusal() =>
            failed.Count >= MostFailures ? CardReasons.Failures(failed)
            : compared.Count < FewestOf(most) ? CardReasons.TooFew(compared.Count, measured, failed)
            : Math.Abs(common.Log) > Math.Log(LargestFactor) ? CardReasons.Factor(Math.Exp(common.Log))
            : MedianError(compared) is > LargestError and double error ? CardReasons.Unsure(error)
            : kinds.Any(kind => kind.Disagrees) ? CardReasons.Kinds(kinds.Where(kind => kind.Disagrees))
            : scatter > AllowedScatter ? CardReasons.Scatter(scatter)
            : 2 * kinds.Count(kind => kind.IsSure) < kinds.Count ? CardReasons.UnsureKinds(kinds)
            : null;

        // Few operators are enough where nothing at all speaks against it.
        string? Doubt() =>
            measured < Math.Min(CalibrationPlan.Few, most) || compared.Count < measured
                ? CardReasons.TooFew(compared.Count, measured, failed)
            : kinds.Any(kind => Math.Abs(kind.Log) > KindDeviation.Allowed || kind.Error > SureAtOnce) ? CardReasons.Doubt(measured)
            : null;
    }

    private static double MedianError(List<ComparedOperator> compared) =>
        compared.Select(each => each.Error).Order().ElementAt(compared.Count / 2);

    private static int FewestOf(int most) => Math.Clamp(most / 2, 1, CalibrationPlan.Few);

    /// <summary>The variance between operators beyond their own errors (DerSimonian and Laird 1986), as a standard deviation; 0 where it
    /// may be chance.</summary>
    private static double ScatterOf(List<ComparedOperator> compared, double log)
    {
        double squares = 0,
            weights = 0,
            weightSquares = 0;
        foreach (ComparedOperator each in compared)
        {
            double off = each.LogRatio - log;
            squares += each.Weight * off * off;
            weights += each.Weight;
            weightSquares += each.Weight * each.Weight;
        }
        double freedom = compared.Count - 1,
            beyond = squares - freedom;
        return beyond > ScatterErrors * Math.Sqrt(2 * freedom) ? Math.Sqrt(beyond / (weights - (weightSquares / weights))) : 0;
    }
}
