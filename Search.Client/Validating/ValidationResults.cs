using FasterSeg.Operators;
using FasterSeg.Operators.Tables;

namespace FasterSeg.Search.Client.Validating;

/// <summary>What a validation found.</summary>
/// <param name="Estimates">Each way to estimate, the plain sum first.</param>
/// <param name="NoiseCeiling">The second measurement of each reporting network as an estimate of the first, which no table can beat by much; null without a second.</param>
/// <param name="Readings">Measurements of whole networks.</param>
/// <param name="Noisy">How many of them reached the time cap before their interval was narrow enough.</param>
/// <param name="MostlyDisturbed">How many had more runs set aside than counted.</param>
/// <param name="NotEstimated">Networks that need a part that the table lacks, and took no part.</param>
/// <param name="MissingParts">The keys of these parts.</param>
public sealed record ValidationResults(IReadOnlyList<EstimateResult> Estimates, Agreement? NoiseCeiling,
    int Readings, int Noisy, int MostlyDisturbed, int NotEstimated, IReadOnlyList<string> MissingParts)
{
    /// <summary>Sums a finished validation up.</summary>
    /// <param name="validation">Every network that can be estimated is measured.</param>
    /// <param name="table">The table that it is of.</param>
    /// <param name="worst">How many of the worst cases to keep.</param>
    /// <exception cref="UserErrorException">The table lacks a part of every reporting network.</exception>
    public static ValidationResults Of(TableValidation validation, LatencyTable table, int worst)
    {
        string[] missing = [.. validation.Networks.SelectMany(network => network.Missing).Distinct().Order(StringComparer.Ordinal)];
        ValidatedNetwork[] reporting = [.. validation.Measured(NetworkUse.Reporting)];
        if (reporting.Length == 0)
            throw new UserErrorException($"The table lacks a part of every reporting network, '{missing.FirstOrDefault()}' for one: build it again with 'fasterseg profile'.");
        ValidatedNetwork[] twice = [.. reporting.Where(network => network.Readings.Count > 1)];
        NetworkReading[] readings = [.. validation.Networks.SelectMany(network => network.Readings)];
        return new([EstimateResult.Of(EstimateResult.PlainSum, validation, table, network => network.EstimateMs!.Value, worst)],
            twice.Length == 0 ? null : Agreement.Of([.. twice.Select(network => network.Readings[1].MedianMs)], [.. twice.Select(network => network.Readings[0].MedianMs)]),
            readings.Length, readings.Count(reading => reading.Noisy), readings.Count(reading => reading.IsMostlyDisturbed()),
            validation.Networks.Count(network => network.Missing.Count > 0), missing);
    }
}
