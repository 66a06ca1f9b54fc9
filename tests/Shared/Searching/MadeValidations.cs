using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Client;
using FasterSeg.Search.Validating;

namespace FasterSeg.Tests;

/// <summary>Validations of a made-up table whose networks take 5 % longer than their parts.</summary>
internal static class MadeValidations
{
    public const double Overhead = 1.05;

    public static SearchSpace Space { get; } = TinySearch.Options().Space.ToSpace();

    public static LatencyTable Table { get; } = TinySpace.Table(Space);

    public static ValidationSettings Settings(int reporting = 8, int fitting = 4, int seed = 1, int passes = 1) =>
        new(reporting, fitting, seed, passes, new MeasuringOptions());

    public static TableValidation Begun(ValidationSettings? settings = null) =>
        TableValidation.Begin(Table, settings ?? Settings(), "T.json");

    /// <summary>What the made-up device says of a network.</summary>
    public static ModelMeasurement Measure(ValidatedNetwork network) => Measured(Overhead * network.EstimateMs!.Value, Table.Identity);

    public static ModelMeasurement Measured(double ms, TableIdentity identity) =>
        new(ms, new LatencySpread(ms, 0, ms, ms, ms, ms, ms, ms, 20, Disturbed: 3, Sessions: 3), false, new Placement([]), 1, identity);

    public static TableValidation Finished(ValidationSettings? settings = null)
    {
        TableValidation validation = Begun(settings);
        while (validation.Next() is { } network)
            validation = validation.With(network, Measure(network), "made up");
        return validation with { Results = Results(validation, Table, worst: 2) };
    }

    /// <summary>A finished validation summed up, as the command does.</summary>
    public static ValidationResults Results(TableValidation validation, LatencyTable table, int worst) =>
        ValidationResults.Of(validation, table, ValidationResults.Corrected(validation, table), worst);

    /// <summary>All facts in one string, so that two can be compared.</summary>
    public static string Facts(TableValidation validation) => TableValidationFile.Write(validation);
}
