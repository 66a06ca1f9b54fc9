using FasterSeg.Latency;

namespace FasterSeg.Profiler.Service.Engines.Known;

/// <summary>Has the device compute known numbers, where it is measured. To be called on the device thread.</summary>
public interface INumbersCheck
{
    /// <summary>Computes them.</summary>
    /// <returns>The outcome in words.</returns>
    /// <exception cref="WrongNumbersException">They came out wrong; the message is a sentence.</exception>
    /// <exception cref="UserErrorException">They cannot be computed at all; the message says why.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    string CheckNumbers(CancellationToken cancellation);
}
