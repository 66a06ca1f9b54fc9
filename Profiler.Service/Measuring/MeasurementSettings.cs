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

    /// <summary>Default of <see cref="Sessions"/>: the fewest of which one may be slow without being the median.</summary>
    public const int DefaultSessions = 3;

    /// <summary>CPU threads of a session.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Images in a batch.</summary>
    public int BatchSize { get; init; } = 1;

    /// <summary>A session's sampling stops when the 95 % confidence half-width of the median is within this share of the median.</summary>
    public double RelativeHalfWidth { get; init; } = DefaultRelativeHalfWidth;

    /// <summary>Fewest samples of a session, at least <see cref="MedianInterval.FewestSamples"/>.</summary>
    public int MinimumSamples { get; init; } = DefaultMinimumSamples;

    /// <summary>
    /// How often an operator or network is opened anew, warmed up and sampled; where these sessions do not agree, further ones follow, up
    /// to <see cref="MostSessions"/>.
    /// </summary>
    public int Sessions { get; init; } = DefaultSessions;

    /// <summary>Time cap of the samples of one operator or network, seconds, shared by its <see cref="Sessions"/>.</summary>
    public double MaximumSeconds { get; init; } = DefaultOperatorSeconds;

    /// <summary>Whether the device's caches are emptied before each run, as a network's other layers would; by default they are
    /// hot.</summary>
    public bool ColdCaches { get; init; }

    /// <summary>Whether a table's job ends with some whole networks, which say what an operator takes in a network. No part of the
    /// protocol: the entries are the same.</summary>
    public bool Networks { get; init; } = true;

    /// <summary>Seeds the order of the operators, their weights and their inputs.</summary>
    public ulong Seed { get; init; }

    /// <summary>
    /// Shortest sampling time, seconds. A microsecond operator would have its fewest samples within one hiccup of the system.
    /// </summary>
    public double MinimumSeconds => Math.Min(0.02, SessionSeconds / 10);

    /// <summary>Time cap of the samples of one session, seconds.</summary>
    public double SessionSeconds => MaximumSeconds / Sessions;

    /// <summary>The longest that the samples of all sessions may take together, each within its cap, seconds.</summary>
    public double MostSeconds => MostSessions * SessionSeconds;

    /// <summary>Most sessions of one operator.</summary>
    public int MostSessions => Sessions + 4;

    /// <summary>Sessions agree where the 95 % half-width of the median over them is within this share of it.</summary>
    public double Agreement => 2 * RelativeHalfWidth;

    /// <summary>Time cap of the warm-up, seconds.</summary>
    public double WarmupSeconds => SessionSeconds / 2;

    /// <summary>The protocol in one line, part of a table's identity. Its version covers whatever is not spelled out.</summary>
    public string Protocol =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"sessions-v5 sessions={Sessions} half-width={RelativeHalfWidth} min-samples={MinimumSamples} cap={MaximumSeconds}s "
                + $"{(ColdCaches ? "cold" : "hot")}-cache"
        );
}
