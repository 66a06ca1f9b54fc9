using FasterSeg.Latency.Agreeing;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Search.Validating;

/// <summary>What one way to estimate a network comes to.</summary>
/// <param name="Way">The way, e.g. <see cref="PlainSum"/>.</param>
/// <param name="Reporting">On the held-out networks.</param>
/// <param name="WithoutDrift">The same with the device's drift since the table taken out of the measurements; null where nobody looked at
/// it.</param>
/// <param name="Fitting">On the networks that a correction may learn from, which says nothing about others; null where there are
/// none.</param>
/// <param name="Kinds">The held-out networks by kind.</param>
/// <param name="Worst">The held-out networks that are farthest off, the worst first.</param>
public sealed record EstimateResult(
    string Way,
    Agreement Reporting,
    Agreement? WithoutDrift,
    Agreement? Fitting,
    IReadOnlyList<KindError> Kinds,
    IReadOnlyList<WorstCase> Worst
)
{
    /// <summary>The sum of a network's parts in the table.</summary>
    public const string PlainSum = "sum of parts";

    /// <summary>The sum of a network's parts, each corrected as the table itself says.</summary>
    public const string TableSum = "sum of parts as the table corrects them";

    /// <summary>The sum of a network's parts, each corrected by what the fitting networks have shown.</summary>
    public const string CorrectedSum = "sum of corrected parts";

    /// <summary>How a table as it is estimates a network.</summary>
    public static string WayOf(LatencyTable table) => table.Correction is null ? PlainSum : TableSum;

    /// <summary>Judges a way to estimate by the networks that are measured.</summary>
    /// <param name="way">Its name.</param>
    /// <param name="validation">The measured networks.</param>
    /// <param name="table">For the worst cases' parts.</param>
    /// <param name="estimate">The way: a network's latency, ms.</param>
    /// <param name="worst">How many of the worst cases to keep.</param>
    public static EstimateResult Of(
        string way,
        TableValidation validation,
        LatencyTable table,
        Func<ValidatedNetwork, double> estimate,
        int worst
    )
    {
        Judged[] Networks(NetworkUse use) => [.. validation.Measured(use).Select(network => new Judged(network, estimate(network)))];
        Judged[] reporting = Networks(NetworkUse.Reporting),
            fitting = Networks(NetworkUse.Fitting);
        Agreement? withoutDrift = validation.Drift is not { Count: > 0 }
            ? null
            : Agreement.Of(
                [.. reporting.Select(one => one.EstimateMs)],
                [.. reporting.Select(one => validation.WithoutDriftMs(one.Network, Repetition.All)!.Value)]
            );
        return new(
            way,
            Judge(reporting),
            withoutDrift,
            fitting.Length > 0 ? Judge(fitting) : null,
            [
                .. reporting
                    .GroupBy(one => one.Network.Kind())
                    .OrderBy(group => group.Key, StringComparer.Ordinal)
                    .Select(group => new KindError(
                        group.Key,
                        group.Count(),
                        group.Average(one => one.Error),
                        group.Average(one => Math.Abs(one.Error))
                    )),
            ],
            [.. reporting.OrderByDescending(one => Math.Abs(one.Error)).Take(worst).Select(one => Case(one, validation, table))]
        );
    }

    private static Agreement Judge(Judged[] networks) =>
        Agreement.Of([.. networks.Select(one => one.EstimateMs)], [.. networks.Select(one => one.MeasuredMs)]);

    private static WorstCase Case(Judged one, TableValidation validation, LatencyTable table) =>
        new(
            one.Network.Number,
            one.Network.Architecture.ToString(),
            one.EstimateMs,
            one.MeasuredMs,
            one.Error,
            one.Network.IsNoisy(),
            [
                .. validation
                    .Plan(one.Network)
                    .Parts.GroupBy(part => part.Spec)
                    .Select(group => new WorstCase.Part(group.Key.ToString(), group.Count(), group.Count() * table[group.Key]))
                    .OrderByDescending(part => part.Milliseconds)
                    .ThenBy(part => part.Key, StringComparer.Ordinal),
            ]
        );

    private sealed record Judged(ValidatedNetwork Network, double EstimateMs)
    {
        public double MeasuredMs { get; } = Network.MeasuredMs()!.Value;

        public double Error => Agreement.Error(EstimateMs, MeasuredMs);
    }
}
