using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Latency.Correcting;

/// <summary>What whole networks have shown of a table, as facts of its environment.</summary>
public static class NetworksFacts
{
    /// <summary>What a correction is worth, in a sentence without its full stop.</summary>
    /// <param name="networks">Networks that it was fitted on.</param>
    /// <param name="times">How often each was measured, in the mean.</param>
    /// <param name="plain">What the plain sums are off by, the root mean square of the relative errors.</param>
    /// <param name="corrected">What corrected ones are off by, of networks that took no part in the fit.</param>
    /// <param name="lacking">Networks that could not be measured.</param>
    public static string Sentence(int networks, double times, double plain, double corrected, int lacking = 0) =>
        FormattableString.Invariant($"{networks} random networks measured whole, {Often(times)} each")
        + (lacking == 0 ? "" : FormattableString.Invariant($" ({lacking} more could not be)"))
        + Worth(plain, corrected)
        + (Helps(plain, corrected) ? "" : ", so there is no correction");

    /// <summary>Whether a table's job keeps a correction: a tenth less is no chance, and networks that scatter by more than a tenth were
    /// measured while others had the device, and say nothing.</summary>
    /// <param name="plain">What the plain sums are off by, as a share.</param>
    /// <param name="corrected">What corrected ones are off by, of networks that took no part in the fit.</param>
    public static bool Helps(double plain, double corrected) => corrected < 0.9 * plain && corrected < 0.1;

    /// <summary>The facts' names.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [LatencyTable.NetworksFact, LatencyTable.NetworksRangeFact, LatencyTable.NetworksDeviationFact];

    /// <summary>The table as if no whole networks had been measured with it.</summary>
    public static LatencyTable Without(LatencyTable table) =>
        table.With(
            correction: null,
            table.Environment.Where(fact => !Names.Contains(fact.Key)).ToDictionary(fact => fact.Key, fact => fact.Value)
        );

    /// <summary>The table with what whole networks have shown of another one of the same device: its correction, where it has one, and the
    /// facts that belong to it. Nothing of the table's own networks is left.</summary>
    /// <param name="table">The table.</param>
    /// <param name="other">The other one.</param>
    public static LatencyTable With(LatencyTable table, LatencyTable other) =>
        table.With(
            other.Correction,
            Without(table)
                .Environment.Concat(other.Environment.Where(fact => Names.Contains(fact.Key)))
                .ToDictionary(fact => fact.Key, fact => fact.Value)
        );

    /// <summary>The table with a correction, and with the facts that belong to it in place of those of the correction before.</summary>
    /// <param name="table">The table.</param>
    /// <param name="correction">The correction.</param>
    /// <param name="networks">What it was fitted on.</param>
    /// <param name="times">How often each was measured.</param>
    public static LatencyTable Corrected(
        LatencyTable table,
        LatencyCorrection correction,
        IReadOnlyList<CorrectionFit.Network> networks,
        double times
    ) =>
        table.With(
            correction,
            new Dictionary<string, string>(Without(table).Environment)
            {
                [LatencyTable.NetworksFact] =
                    FormattableString.Invariant($"{networks.Count} random networks measured whole by 'lut validate', {Often(times)} each")
                    + Worth(CorrectionFit.PlainDeviation(networks, table), correction.Deviation),
                [LatencyTable.NetworksRangeFact] = Range(networks, table.With(correction)),
                // There are as many networks as a correction needs.
                [LatencyTable.NetworksDeviationFact] = PlainDeviation(networks, table)!,
            }
        );

    /// <summary>Between which latencies the networks lie: by the table, as a measurement in a bad moment says nothing about that.</summary>
    /// <param name="networks">At least one.</param>
    /// <param name="table">The table, with its correction where it has one.</param>
    public static string Range(IReadOnlyList<CorrectionFit.Network> networks, LatencyTable table) =>
        TrustedLatencies.Fact([.. networks.Select(network => network.Parts.Sum(part => table[part]))]);

    /// <summary>How far the plain sums are from the networks; null where these are too few to say.</summary>
    /// <param name="networks">Measured networks.</param>
    /// <param name="table">The table; its correction is left out of account.</param>
    public static string? PlainDeviation(IReadOnlyList<CorrectionFit.Network> networks, LatencyTable table)
    {
        LatencyTable plain = table.With(null);
        return NetworksDeviation
            .Of([.. networks.Select(network => (network.Parts.Sum(part => plain[part]) / network.MeasuredMs) - 1)])
            ?.Fact();
    }

    private static string Worth(double plain, double corrected) =>
        FormattableString.Invariant(
            $": plain sums are off by {100 * plain:F2} %, corrected ones, of networks that took no part in the fit, "
        ) + FormattableString.Invariant($"by {100 * corrected:F2} %");

    private static string Often(double times) =>
        times switch
        {
            1 => "once",
            2 => "twice",
            _ => FormattableString.Invariant($"{times:0.#} times"),
        };
}
