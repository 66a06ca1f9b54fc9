using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Profiler.Service.Engines.Known;

/// <summary>
/// An engine that has to compute known numbers right before it opens the first model for a measurement. The outcome stands in its
/// environment. Opened on one thread at a time.
/// </summary>
/// <param name="inner">The engine.</param>
public sealed class CheckedEngine(IEngine inner) : IEngine
{
    /// <summary>Name of the outcome in <see cref="Environment"/>.</summary>
    public const string Fact = "known_numbers";

    private KnownNumbersResult? result;
    private volatile string? outcome;

    /// <inheritdoc/>
    public DeviceFacts Device => inner.Device;

    /// <inheritdoc/>
    public string Provider => inner.Provider;

    /// <inheritdoc/>
    public string Precision => inner.Precision;

    /// <inheritdoc/>
    public IRunTimer Timer => inner.Timer;

    /// <inheritdoc/>
    public ICacheFlush? Caches => inner.Caches;

    /// <summary>Computes the known numbers, where that was not done yet.</summary>
    /// <exception cref="WrongNumbersException">They came out wrong.</exception>
    /// <exception cref="UnusableModelException">They cannot be computed at all; the message says why.</exception>
    public KnownNumbersResult Check(CancellationToken cancellation)
    {
        result ??= KnownNumbers.Check(inner, cancellation);
        Note(result.ToString());
        return result.IsRight
            ? result
            : throw new WrongNumbersException(
                $"{Device.Name} computes wrong numbers with {Provider} in {Precision}: {result.Worst} "
                    + $"{result.Off()}; nothing is measured there until other libraries (ONNX Runtime "
                    + $"{Device.OnnxRuntime}, drivers) or another machine compute it right."
            );
    }

    /// <summary>Takes over the outcome of a check that another process made of the same device.</summary>
    public void Note(string words) => outcome = words;

    /// <inheritdoc/>
    public TableIdentity Identity(MeasurementSettings settings) => inner.Identity(settings);

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Environment() =>
        outcome is { } known ? new Dictionary<string, string>(inner.Environment()) { [Fact] = known } : inner.Environment();

    /// <inheritdoc/>
    public IModelSession Open(byte[] onnx, MeasurementSettings settings, CancellationToken cancellation = default)
    {
        Check(cancellation);
        return inner.Open(onnx, settings, cancellation);
    }

    /// <inheritdoc/>
    public IModelSession OpenToRead(byte[] onnx, MeasurementSettings settings, CancellationToken cancellation = default) =>
        inner.OpenToRead(onnx, settings, cancellation);

    /// <inheritdoc/>
    public Placement Placement(byte[] onnx, MeasurementSettings settings, CancellationToken cancellation = default) =>
        inner.Placement(onnx, settings, cancellation);
}
