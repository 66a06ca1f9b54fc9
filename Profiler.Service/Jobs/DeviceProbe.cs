using FasterSeg.Latency.Spaces;
using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Profiler.Service.Jobs;

/// <summary>
/// Looks whether the device is there: a tiny convolution that every device can run is measured, and if that fails, once more by what
/// was started afresh. To be called on the device thread.
/// </summary>
/// <param name="measurer">What measures on the device.</param>
/// <param name="health">Is told what was found.</param>
/// <param name="elsewhere">Says what else of the machine keeps it from measuring, as a sentence; null where nothing is asked.</param>
public sealed class DeviceProbe(IOperatorMeasurer measurer, DeviceHealth health, Func<string?>? elsewhere = null)
{
    /// <summary>The convolution.</summary>
    public static OperatorSpec Tiny { get; } = new(OperatorKind.Conv, 8, 8, 8, 8);

    // It is asked whether it runs, not how fast.
    private static readonly MeasurementSettings Rough = new()
    {
        RelativeHalfWidth = 0.5,
        MinimumSamples = MedianInterval.FewestSamples,
        MaximumSeconds = 0.01,
    };

    /// <summary>Looks.</summary>
    /// <returns>True where what measured was broken and had to be started afresh: what it failed at before may succeed now.</returns>
    /// <exception cref="DeviceLostException">It is lost.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public bool Check(CancellationToken cancellation)
    {
        if (elsewhere?.Invoke() is { } hindrance)
        {
            health.NoteLost(hindrance, ofDevice: false);
            health.ThrowIfLost();
        }
        bool renewed = false;
        if (Failure(cancellation) is not null)
        {
            // One model may have broken the device's context for all that come after it in the same process.
            measurer.Renew();
            renewed = true;
            if (Failure(cancellation) is { } reason)
            {
                health.NoteLost(reason);
                health.ThrowIfLost();
            }
        }
        health.NoteFound();
        return renewed;
    }

    private string? Failure(CancellationToken cancellation) => measurer.Measure(Tiny, Rough, cancellation).Entry.Failure;
}
