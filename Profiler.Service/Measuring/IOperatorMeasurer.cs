using FasterSeg.Latency.Spaces;

namespace FasterSeg.Profiler.Service.Measuring;

/// <summary>Measures operators. To be called on the device thread.</summary>
public interface IOperatorMeasurer
{
    /// <summary>
    /// One session of an operator that is not 0 by definition. One that cannot be measured gives a session that says why.
    /// </summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    OperatorSession Measure(OperatorSpec spec, MeasurementSettings settings, CancellationToken cancellation);

    /// <summary>Starts afresh whatever measures, such as a process in which a model has left the device unusable.</summary>
    void Renew() { }
}
