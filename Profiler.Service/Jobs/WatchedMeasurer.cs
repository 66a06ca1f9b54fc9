using FasterSeg.Latency.Spaces;
using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Profiler.Service.Jobs;

/// <summary>
/// Measures, and looks at the device after each failure: a model that cannot be measured is told from a device that measures nothing
/// any more, which must not fill a table with failed entries. To be called on the device thread.
/// </summary>
public sealed class WatchedMeasurer(IOperatorMeasurer operators, IModelMeasurer models, DeviceProbe probe, DeviceHealth health)
    : IOperatorMeasurer,
        IModelMeasurer
{
    /// <inheritdoc/>
    /// <exception cref="DeviceLostException">The device is lost.</exception>
    public OperatorSession Measure(OperatorSpec spec, MeasurementSettings settings, CancellationToken cancellation)
    {
        health.ThrowIfLost();
        OperatorSession session = operators.Measure(spec, settings, cancellation);
        bool mayBeInnocent = session.Entry.Failure is not null && probe.Check(cancellation);
        if (!mayBeInnocent)
            return session;
        session = operators.Measure(spec, settings, cancellation);
        // What fails again is guilty; the next one must not suffer for it.
        if (session.Entry.Failure is not null)
            probe.Check(cancellation);
        return session;
    }

    /// <inheritdoc/>
    /// <exception cref="DeviceLostException">The device is lost.</exception>
    public ModelSessions Measure(
        byte[] onnx,
        int askedBatch,
        MeasurementSettings settings,
        bool withSamples,
        CancellationToken cancellation
    )
    {
        health.ThrowIfLost();
        try
        {
            return models.Measure(onnx, askedBatch, settings, withSamples, cancellation);
        }
        catch (ModelRefusedException)
        {
            if (!probe.Check(cancellation))
                throw;
        }
        try
        {
            return models.Measure(onnx, askedBatch, settings, withSamples, cancellation);
        }
        catch (ModelRefusedException)
        {
            probe.Check(cancellation);
            throw;
        }
    }

    /// <inheritdoc/>
    public void Renew() => operators.Renew();
}
