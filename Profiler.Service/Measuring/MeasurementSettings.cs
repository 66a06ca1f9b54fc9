using System.Globalization;

namespace FasterSeg.Profiler.Service.Measuring;

/// <summary>How to measure, with every default filled in. Equal settings measure alike.</summary>
public sealed record MeasurementSettings
{
    /// <summary>Default of <see cref="RelativeHalfWidth"/>.</summary>
    public const double DefaultRelativeHalfWidth = 0.01;

    /// <summary>Default of <see cref="MinimumSamples"/>.</summary>
    public const int DefaultMinimumSamples = 15;

    /// <summary>Default of <see cref="MaximumSeconds"/> for an operator: some 650 of them make a table.</summary>
    public const double DefaultOperatorSeconds = 0.5;

    /// <summary>Default of <see cref="MaximumSeconds"/> for a whole network, which is slower and is measured once.</summary>
    public const double DefaultModelSeconds = 5;

    /// <summary>CPU threads of a session.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Images in a batch.</summary>
    public int BatchSize { get; init; } = 1;

    /// <summary>Sampling stops when the 95 % confidence half-width of the median is within this share of the median.</summary>
    public double RelativeHalfWidth { get; init; } = DefaultRelativeHalfWidth;

    /// <summary>Fewest samples, at least <see cref="MedianInterval.FewestSamples"/>.</summary>
    public int MinimumSamples { get; init; } = DefaultMinimumSamples;

    /// <summary>Time cap of the samples of one operator or network, seconds.</summary>
    public double MaximumSeconds { get; init; } = DefaultOperatorSeconds;

    /// <summary>Seeds the order of the operators, their weights and their inputs.</summary>
    public ulong Seed { get; init; }

    /// <summary>
    /// Shortest sampling time, seconds. A microsecond operator would have its fewest samples within one hiccup of the system.
    /// </summary>
    public double MinimumSeconds => Math.Min(0.02, MaximumSeconds / 10);

    /// <summary>Time cap of the warm-up, seconds.</summary>
    public double WarmupSeconds => MaximumSeconds / 2;

    /// <summary>The protocol in one line, part of a table's identity. Its version covers whatever is not spelled out.</summary>
    public string Protocol => string.Create(CultureInfo.InvariantCulture,
        $"median-v2 half-width={RelativeHalfWidth} min-samples={MinimumSamples} cap={MaximumSeconds}s hot-cache");
}
