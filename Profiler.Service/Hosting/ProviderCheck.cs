using FasterSeg.Operators;
using FasterSeg.Operators.Spaces;
using FasterSeg.Operators.Tables;
using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Profiler.Service.Jobs;
using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Profiler.Service.Hosting;

/// <summary>
/// Runs one real convolution before a profiler serves from a GPU. Libraries that are there and of the right versions may still not work
/// together, and a session tells that only when it runs.
/// </summary>
public static class ProviderCheck
{
    /// <summary>Small, but no special case: 16 to 32 channels, 3x3.</summary>
    public static OperatorSpec Operator { get; } = new(OperatorKind.Conv, 64, 64, 16, 32);

    private static readonly MeasurementSettings Rough = new() { RelativeHalfWidth = 0.5, MinimumSamples = MedianInterval.FewestSamples, MaximumSeconds = 0.1 };

    /// <summary>Measures the convolution, roughly, as any operator is measured: in the worker, with the placement of its nodes proven.</summary>
    /// <param name="engine">What is measured with.</param>
    /// <param name="device">The device's thread.</param>
    /// <param name="measurer">What measures; not one that takes a failure for a lost device.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="UserErrorException">It cannot be measured; the message says why.</exception>
    public static async Task RunAsync(IEngine engine, DeviceWorker device, IOperatorMeasurer measurer, CancellationToken cancellation)
    {
        if (engine.Provider == EngineChoice.Cpu) return;
        LatencyEntry entry = (await device.RunAsync(token => measurer.Measure(Operator, Rough, token), cancellation)).Entry;
        if (entry.Failure is { } reason)
            throw new UserErrorException($"The provider '{engine.Provider}' in {engine.Precision} does not run a convolution on {engine.Device.Name}: {reason.TrimEnd('.')}. docs/gpu.md lists the libraries that it needs, and what else may be wrong.");
    }
}
