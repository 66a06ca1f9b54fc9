using FasterSeg.Latency.Correcting;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Profiler.Service.Jobs;

/// <summary>What a job's whole networks make of its table: a correction where that helps, and facts of the environment that say what it
/// is worth.</summary>
/// <param name="Correction">The correction; null where the networks were too few, or the plain sum is nearer to them.</param>
/// <param name="Fact">What it is worth.</param>
/// <param name="Range">Between which latencies the networks lie; null where there is none.</param>
/// <param name="Deviation">How far plain sums are from them; null where there are too few.</param>
public sealed record CorrectedTable(LatencyCorrection? Correction, string Fact, string? Range, string? Deviation)
{
    /// <summary>Fits a correction, and holds it against the plain sum on networks that took no part in its fit.</summary>
    /// <param name="table">The table.</param>
    /// <param name="visits">The measured networks.</param>
    public static CorrectedTable Of(LatencyTable table, NetworkVisits visits)
    {
        CorrectionFit.Network[] networks =
        [
            .. visits.Measured().Select(one => new CorrectionFit.Network([.. one.Plan.Parts.Select(part => part.Spec)], one.Ms)),
        ];
        string? deviation = NetworksFacts.PlainDeviation(networks, table);
        string? RangeBy(LatencyTable by) => networks.Length == 0 ? null : NetworksFacts.Range(networks, by);
        if (networks.Length < CorrectionFit.FewestNetworks)
            return new(
                null,
                FormattableString.Invariant(
                    $"{networks.Length} whole networks could be measured, too few for a correction ({CorrectionFit.FewestNetworks})"
                ),
                RangeBy(table.With(null)),
                deviation
            );
        double plain = CorrectionFit.PlainDeviation(networks, table);
        LatencyCorrection correction = CorrectionFit.Fit(networks, table);
        bool helps = NetworksFacts.Helps(plain, correction.Deviation);
        return new(
            helps ? correction : null,
            NetworksFacts.Sentence(
                networks.Length,
                (double)visits.Done.Count / networks.Length,
                plain,
                correction.Deviation,
                visits.Failed
            ),
            RangeBy(table.With(helps ? correction : null)),
            deviation
        );
    }
}
