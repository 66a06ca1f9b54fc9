using System.Globalization;
using FasterSeg.Latency;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Runs;

namespace FasterSeg.Search.Validating;

/// <summary>Has a validation's networks measured, one after the other, and keeps each measurement before the next one begins.</summary>
/// <param name="path">The validation's file.</param>
/// <param name="by">Who measures, for messages.</param>
/// <param name="measure">Measures a network whole.</param>
/// <param name="reporter">Tells the user.</param>
/// <param name="pause">Between two attempts to reach a profiler that is away; null is ten seconds.</param>
/// <param name="drift">Looks at the device's drift, given how many networks have been measured; null does not look.</param>
public sealed class ValidationMeasurement(
    string path,
    string by,
    Func<ValidatedNetwork, Task<ModelMeasurement>> measure,
    IProgressReporter reporter,
    TimeSpan? pause = null,
    Func<int, Task<DriftReading?>>? drift = null
)
{
    private const string Bar = "validate";
    private const string Name = "The validation";

    /// <summary>Measures what is left. A profiler that goes away, or a full disk, pauses it.</summary>
    /// <param name="validation">Where to go on.</param>
    /// <param name="cancellation">Ends it after the measurement in flight; what was measured is in the file.</param>
    /// <returns>The validation with every network measured.</returns>
    /// <exception cref="UserErrorException">A network cannot be measured, or not on what the table was.</exception>
    public async Task<TableValidation> RunAsync(TableValidation validation, CancellationToken cancellation)
    {
        var patience = new Patience(reporter, pause, () => $"what was measured before is in {path}");
        reporter.Report(Bar, validation.Done(), validation.Total());
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            if (drift is not null && validation.IsDriftDue())
                validation = await LookAsync(validation, drift, patience, cancellation);
            if (validation.Next() is not { } network)
                return validation;
            ModelMeasurement measured = await patience.RunAsync(Name, () => MeasureAsync(network), cancellation);
            TableValidation next = validation = validation.With(network, measured, by);
            await patience.RunAsync(Name, () => TableValidationFile.Save(next, path), cancellation);
            reporter.Report(
                Bar,
                validation.Done(),
                validation.Total(),
                latest: string.Create(
                    CultureInfo.InvariantCulture,
                    $"{network.Kind()}  estimate {network.EstimateMs:F3} ms, measured {measured.MedianMs:F3} "
                        + $"ms{(measured.Noisy ? ", noisy" : "")}"
                )
            );
        }
    }

    private async Task<TableValidation> LookAsync(
        TableValidation validation,
        Func<int, Task<DriftReading?>> look,
        Patience patience,
        CancellationToken cancellation
    )
    {
        if (await patience.RunAsync(Name, () => look(validation.Done()), cancellation) is not { } reading)
            return validation;
        // A second look at the same moment, after an interruption at the end, replaces the first.
        TableValidation next = validation with
        {
            Drift = [.. (validation.Drift ?? []).Where(other => other.Done < reading.Done), reading],
        };
        await patience.RunAsync(Name, () => TableValidationFile.Save(next, path), cancellation);
        reporter.Say(reading.ToString());
        return next;
    }

    private async Task<ModelMeasurement> MeasureAsync(ValidatedNetwork network)
    {
        try
        {
            return await measure(network);
        }
        // The profiler knows a model, the user a network of the file.
        catch (UserErrorException refusal) when (refusal is not UsageException && !Patience.MayPass(refusal))
        {
            throw new UserErrorException(
                FormattableString.Invariant(
                    $"Network {network.Number} of {path} ({network.Architecture}) cannot be measured: {refusal.Message}"
                ),
                refusal
            );
        }
    }
}
