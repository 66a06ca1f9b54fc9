using FasterSeg.Latency;
using FasterSeg.Latency.Agreeing;
using FasterSeg.Latency.Correcting;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Search.Validating;

/// <summary>What a validation found.</summary>
/// <param name="Estimates">Each way to estimate, the table's own first.</param>
/// <param name="NoiseCeiling">The second, fourth, ... measurement of each reporting network as an estimate of the first, third, ...; null
/// without a second.</param>
/// <param name="CeilingWithoutDrift">The same with the device's drift taken out of both; null likewise, and where nobody looked at
/// it.</param>
/// <param name="Readings">Measurements of whole networks.</param>
/// <param name="Noisy">How many of them reached the time cap before their interval was narrow enough.</param>
/// <param name="MostlyDisturbed">How many had more runs set aside than counted.</param>
/// <param name="NotEstimated">Networks that need a part that the table lacks, and took no part.</param>
/// <param name="MissingParts">The keys of these parts.</param>
public sealed record ValidationResults(
    IReadOnlyList<EstimateResult> Estimates,
    Agreement? NoiseCeiling,
    Agreement? CeilingWithoutDrift,
    int Readings,
    int Noisy,
    int MostlyDisturbed,
    int NotEstimated,
    IReadOnlyList<string> MissingParts
)
{
    /// <summary>Sums a finished validation up.</summary>
    /// <param name="validation">Every network that can be estimated is measured.</param>
    /// <param name="table">The table that it is of.</param>
    /// <param name="corrected">What <see cref="Corrected"/> gives of both.</param>
    /// <param name="worst">How many of the worst cases to keep.</param>
    /// <exception cref="UserErrorException">The table lacks a part of every reporting network.</exception>
    public static ValidationResults Of(TableValidation validation, LatencyTable table, LatencyTable? corrected, int worst)
    {
        string[] missing = [.. validation.Networks.SelectMany(network => network.Missing).Distinct().Order(StringComparer.Ordinal)];
        ValidatedNetwork[] reporting = [.. validation.Measured(NetworkUse.Reporting)];
        if (reporting.Length == 0)
            throw new UserErrorException(
                $"The table lacks a part of every reporting network, '{missing.FirstOrDefault()}' for one: build it again with "
                    + "'fasterseg profile'."
            );
        ValidatedNetwork[] twice = [.. reporting.Where(network => network.Readings.Count > 1)];
        NetworkReading[] readings = [.. validation.Networks.SelectMany(network => network.Readings)];
        EstimateResult Judge(string way, LatencyTable by) =>
            EstimateResult.Of(way, validation, by, network => NetworkEstimate.Of(by, validation.Plan(network)).TotalMs, worst);
        var estimates = new List<EstimateResult>
        {
            EstimateResult.Of(EstimateResult.WayOf(table), validation, table, network => network.EstimateMs!.Value, worst),
        };
        if (table.Correction is not null)
            estimates.Add(Judge(EstimateResult.PlainSum, table.With(null)));
        if (corrected is not null)
            estimates.Add(Judge(EstimateResult.CorrectedSum, corrected));
        return new(
            estimates,
            Ceiling(twice, (network, which) => network.MeasuredMs(which)),
            validation.Drift is { Count: > 0 } ? Ceiling(twice, validation.WithoutDriftMs) : null,
            readings.Length,
            readings.Count(reading => reading.Noisy),
            readings.Count(reading => reading.IsMostlyDisturbed()),
            validation.Networks.Count(network => !network.HasAllParts()),
            missing
        );
    }

    /// <summary>The table with the correction that the fitting networks give, with the device's drift taken out; null where they are too
    /// few.</summary>
    /// <param name="validation">Its fitting networks are measured.</param>
    /// <param name="table">The table that it is of.</param>
    public static LatencyTable? Corrected(TableValidation validation, LatencyTable table)
    {
        CorrectionFit.Network[] fitting = FittingNetworks(validation);
        return fitting.Length < CorrectionFit.FewestNetworks
            ? null
            : NetworksFacts.Corrected(table, CorrectionFit.Fit(fitting, table), fitting, validation.Settings.Passes);
    }

    /// <summary>What the table as it is is off by on the fitting networks, beside a new correction's own
    /// <see cref="LatencyCorrection.Deviation"/>.</summary>
    /// <param name="validation">Its fitting networks are measured, and there are some.</param>
    /// <param name="table">The table that it is of.</param>
    public static double TableDeviation(TableValidation validation, LatencyTable table) =>
        CorrectionFit.Deviation(FittingNetworks(validation), table);

    private static CorrectionFit.Network[] FittingNetworks(TableValidation validation) =>
        [
            .. validation
                .Measured(NetworkUse.Fitting)
                .Select(network => new CorrectionFit.Network(
                    [.. validation.Plan(network).Parts.Select(part => part.Spec)],
                    validation.WithoutDriftMs(network, Repetition.All)!.Value
                )),
        ];

    private static Agreement? Ceiling(ValidatedNetwork[] twice, Func<ValidatedNetwork, Repetition, double?> ms) =>
        twice.Length == 0
            ? null
            : Agreement.Of(
                [.. twice.Select(network => ms(network, Repetition.Second)!.Value)],
                [.. twice.Select(network => ms(network, Repetition.First)!.Value)]
            );
}
