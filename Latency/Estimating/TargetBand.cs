using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Latency.Estimating;

/// <summary>The latency band that a configuration asks for, on the device of a table.</summary>
public static class TargetBand
{
    // "auto" is the fast side of what the space offers by chance, without its extreme: a search has to earn it.
    private const double AutoFast = 0.2,
        AutoSlow = 0.4;

    /// <summary>The configured band; for <c>auto</c> from the 20 % to the 40 % quantile of the estimates of 200 random networks of the
    /// role.</summary>
    public static LatencyTarget Resolve(string text, SearchSpace space, LatencyTable table, int seed, Role role = Role.Student) =>
        LatencyTarget.IsAuto(text)
            ? new LatencyTarget(
                RandomArchitectures.Quantile(space, table, AutoFast, seed, role),
                RandomArchitectures.Quantile(space, table, AutoSlow, seed, role),
                BatchOf(table)
            )
            : LatencyTarget.Parse(text, BatchOf(table));

    private static int BatchOf(LatencyTable table) => Math.Max(1, table.Identity.BatchSize);
}
