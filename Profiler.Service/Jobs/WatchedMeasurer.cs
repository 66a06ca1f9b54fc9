using FasterSeg.Latency.Spaces;
using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Profiler.Service.Jobs;

/// <summary>
/// Measures, and looks at the device after each failure: a model that cannot be measured is told from a device that measures nothing
/// any more, which must not fill a table with failed entries. Here alone it is decided what is tried again: once, what may be innocent of
/// its failure. To be called on the device thread.
/// </summary>
public sealed class WatchedMeasurer(
    IOperatorMeasurer operators,
    IModelMeasurer models,
    DeviceProbe probe,
    DeviceHealth health,
    ILogger<WatchedMeasurer> logger
) : IOperatorMeasurer, IModelMeasurer
{
    // How a try ended that gave nothing.
    private sealed record Failure(string Reason, bool Interrupted);

    /// <inheritdoc/>
    /// <exception cref="DeviceLostException">The device is lost.</exception>
    public OperatorSession Measure(OperatorSpec spec, MeasurementSettings settings, CancellationToken cancellation) =>
        Try(
            () => operators.Measure(spec, settings, cancellation),
            session => session.Entry.Failure is { } reason ? new(reason, session.Interrupted) : null,
            cancellation
        );

    /// <inheritdoc/>
    /// <exception cref="DeviceLostException">The device is lost.</exception>
    public ModelSessions Measure(
        UploadedModel model,
        int askedBatch,
        MeasurementSettings settings,
        bool withSamples,
        CancellationToken cancellation
    )
    {
        (ModelSessions? sessions, ModelRefusedException? refused) = Try(
            Once,
            // A file that nothing ran of says nothing of the device.
            end => end.Refused is { Part: not RefusedPart.File } why ? new(why.Message, why.Part == RefusedPart.Process) : null,
            cancellation
        );
        return sessions ?? throw refused!;

        (ModelSessions? Sessions, ModelRefusedException? Refused) Once()
        {
            try
            {
                return (models.Measure(model, askedBatch, settings, withSamples, cancellation), null);
            }
            catch (ModelRefusedException refused)
            {
                return (null, refused);
            }
        }
    }

    /// <inheritdoc/>
    public void Renew() => operators.Renew();

    private T Try<T>(Func<T> measure, Func<T, Failure?> failureOf, CancellationToken cancellation)
    {
        health.ThrowIfLost();
        T end = measure();
        if (failureOf(end) is not { } failure || !MayBeInnocent(failure, cancellation))
            return end;
        logger.LogWarning("What failed may be innocent and is tried again: {Reason}", failure.Reason);
        end = measure();
        // What fails again is guilty; the next one must not suffer for it.
        if (failureOf(end) is not null)
            probe.Check(cancellation);
        return end;
    }

    // A model that ends its process will do so again, one whose process somebody else ended will not. And one model may have broken the
    // device's context for all that come after it.
    private bool MayBeInnocent(Failure failure, CancellationToken cancellation) => failure.Interrupted || probe.Check(cancellation);
}
