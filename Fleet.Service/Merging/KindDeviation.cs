using FasterSeg.Latency.Spaces;

namespace FasterSeg.Fleet.Service.Merging;

/// <summary>How far one kind of operators is from what the card's other operators have in common.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Log">Natural logarithm of its factor over the others'.</param>
/// <param name="Error">Its standard error.</param>
internal readonly record struct KindDeviation(OperatorKind Kind, double Log, double Error)
{
    /// <summary>A kind that is so far off disagrees.</summary>
    public const double Allowed = 0.01;

    /// <summary>A kind with a larger error than this says nothing of one or two percent.</summary>
    public const double Sure = 0.01;

    /// <summary>Such a kind disagrees where it is off by so many of its errors: few sessions that scatter widely understate it.</summary>
    public const double UnsureErrors = 5;

    /// <summary>Whether it says something of one or two percent.</summary>
    public bool IsSure => Error <= Sure;

    /// <summary>Whether the card has this kind otherwise than the reference.</summary>
    public bool Disagrees => Math.Abs(Log) > (IsSure ? Allowed : UnsureErrors * Error);

    /// <summary>Every kind by itself against all the others; of one kind alone there is nothing to say but how sure its factor
    /// is.</summary>
    public static IReadOnlyList<KindDeviation> Of(IReadOnlyCollection<ComparedOperator> compared) =>
        [.. compared.GroupBy(each => each.Spec.Kind).OrderBy(kind => kind.Key).Select(kind => Of([.. kind], compared))];

    private static KindDeviation Of(ComparedOperator[] own, IReadOnlyCollection<ComparedOperator> compared)
    {
        OperatorSpec first = own[0].Spec;
        ComparedOperator[] others = [.. compared.Where(each => each.Spec.Kind != first.Kind)];
        if (others.Length == 0)
            return new(first.Kind, 0, CommonFactor.Of(own).Error);
        double weight = own.Sum(each => each.Weight),
            mean = own.Sum(each => each.Weight * each.LogRatio) / weight;
        var rest = CommonFactor.Of(others);
        return new(first.Kind, mean - rest.Log, Math.Sqrt((1 / weight) + (rest.Error * rest.Error)));
    }
}
