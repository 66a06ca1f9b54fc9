using FasterSeg.Latency.Correcting;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Profiler.Service.Jobs;

/// <summary>What a job's whole networks make of its table: a correction where that helps, and facts of the environment that say what it
/// is worth.</summary>
/// <param name="Correction">The correction; null where the networks were too few, or the plain sum is nearer to them.</param>
/// <param name="Fact">What it is worth.</param>
/// <param name="Range">Between which latencies the networks lie; null where there is none.</param>
public sealed record CorrectedTable(LatencyCorrection? Correction, string Fact, string? Range)
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
        string? range = networks.Length == 0 ? null : TrustedLatencies.Fact([.. networks.Select(network => network.MeasuredMs)]);
        if (networks.Length < CorrectionFit.FewestNetworks)
            return new(
                null,
                FormattableString.Invariant(
                    $"{networks.Length} whole networks could be measured, too few for a correction ({CorrectionFit.FewestNetworks})"
                ),
                range
            );
        double plain = CorrectionFit.PlainDeviation(networks, table);
        LatencyCorrection correction = CorrectionFit.Fit(networks, table);
        bool helps = correction.Deviation < plain;
        double mean = (double)visits.Done.Count / networks.Length;
        string times = FormattableString.Invariant($"{mean:0.#} {(mean == 1 ? "time" : "times")}");
        return new(
            helps ? correction : null,
            FormattableString.Invariant($"{networks.Length} random networks measured whole, {times} each: plain sums are off by ")
                + FormattableString.Invariant($"{100 * plain:F2} %, corrected ones, of networks that took no part in the fit, by ")
                + FormattableString.Invariant($"{100 * correction.Deviation:F2} %{(helps ? "" : ", so there is no correction")}"),
            range
        );
    }
}
