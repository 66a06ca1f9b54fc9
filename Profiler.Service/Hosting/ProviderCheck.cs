using FasterSeg.Latency;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Engines.Known;
using FasterSeg.Profiler.Service.Jobs;
using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Profiler.Service.Hosting;

/// <summary>
/// Has the device compute known numbers before a profiler serves from it, and a GPU run one real convolution too. Libraries that
/// are there and of the right versions may still not work together, or compute wrongly on this very device, and a session tells
/// that only when it runs.
/// </summary>
public static class ProviderCheck
{
    /// <summary>Small, but no special case: 16 to 32 channels, 3x3.</summary>
    public static OperatorSpec Operator { get; } = new(OperatorKind.Conv, 64, 64, 16, 32);

    private static readonly MeasurementSettings Rough = new()
    {
        RelativeHalfWidth = 0.5,
        MinimumSamples = MedianInterval.FewestSamples,
        MaximumSeconds = 0.1,
    };

    /// <summary>
    /// Checks the numbers and notes the outcome; measures the convolution, roughly, as any operator is measured: in the worker, with the
    /// placement of its nodes proven.
    /// </summary>
    /// <param name="engine">What is measured with; it takes over the outcome.</param>
    /// <param name="device">The device's thread.</param>
    /// <param name="numbers">Checks the numbers.</param>
    /// <param name="measurer">What measures; not one that takes a failure for a lost device.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="UserErrorException">The numbers are wrong, or it cannot be measured; the message says why.</exception>
    public static async Task RunAsync(
        CheckedEngine engine,
        DeviceWorker device,
        INumbersCheck numbers,
        IOperatorMeasurer measurer,
        CancellationToken cancellation
    )
    {
        try
        {
            engine.Note(await CheckNumbersAsync(device, numbers, cancellation));
        }
        catch (WrongNumbersException wrong)
        {
            throw new UserErrorException(wrong.Message, wrong);
        }
        catch (UserErrorException fault)
        {
            throw Refusal(engine, fault.Message);
        }
        if (engine.Provider == ExecutionProviders.Cpu)
            return;
        LatencyEntry entry = (await device.RunAsync(token => measurer.Measure(Operator, Rough, token), cancellation)).Entry;
        if (entry.Failure is { } reason)
            throw Refusal(engine, reason);
    }

    /// <summary>Once more where no answer came: an outsider may have ended the worker, for memory say. Wrong numbers are an
    /// answer.</summary>
    private static async Task<string> CheckNumbersAsync(DeviceWorker device, INumbersCheck numbers, CancellationToken cancellation)
    {
        try
        {
            return await device.RunAsync(numbers.CheckNumbers, cancellation);
        }
        catch (UserErrorException)
        {
            return await device.RunAsync(numbers.CheckNumbers, cancellation);
        }
    }

    private static UserErrorException Refusal(CheckedEngine engine, string reason) =>
        new(
            $"The provider '{engine.Provider}' in {engine.Precision} does not run a "
                + $"convolution on {engine.Device.Name}: {reason.TrimEnd('.')}."
                + (
                    engine.Provider == ExecutionProviders.Cpu
                        ? ""
                        : " docs/gpu.md lists the libraries that it needs, and what else may be wrong."
                )
        );
}
