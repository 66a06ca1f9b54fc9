using System.Globalization;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Latency.Estimating;

/// <summary>The latencies for which whole networks have shown what a table's estimates are worth. What a short network pays for starting,
/// and a long one for its caches, is not told by networks of another length.</summary>
/// <param name="LowMs">The shortest of the networks, ms.</param>
/// <param name="HighMs">The longest, ms.</param>
public sealed record TrustedLatencies(double LowMs, double HighMs)
{
    // So far beyond the networks that were measured little changes.
    private const double Beyond = 1.25;

    /// <summary>Those of a table; null where no networks were measured with it.</summary>
    public static TrustedLatencies? Of(LatencyTable table) =>
        table.Environment.TryGetValue(LatencyTable.NetworksRangeFact, out string? fact)
        && fact.Split(" to ") is [var low, var high]
        && TryRead(low, out double lowMs)
        && TryRead(high, out double highMs)
        && lowMs <= highMs
            ? new(lowMs, highMs)
            : null;

    /// <summary>The fact of a table's environment.</summary>
    /// <param name="latenciesMs">The networks' latencies, ms; at least one.</param>
    public static string Fact(IReadOnlyCollection<double> latenciesMs) =>
        FormattableString.Invariant($"{latenciesMs.Min():0.000} to {latenciesMs.Max():0.000}");

    /// <summary>A sentence where an estimate lies outside; null where it does not.</summary>
    /// <param name="estimateMs">The estimate, ms.</param>
    public string? Warning(double estimateMs) =>
        estimateMs >= LowMs / Beyond && estimateMs <= HighMs * Beyond
            ? null
            : FormattableString.Invariant($"The table was held against whole networks of {LowMs:0.###} to {HighMs:0.###} ms only: ")
                + "this estimate, far from these, may be off by more.";

    private static bool TryRead(string text, out double ms) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out ms) && ms > 0 && double.IsFinite(ms);
}
