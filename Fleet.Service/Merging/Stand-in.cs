// Until fmerge is merged.
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Fleet.Service.Merging;

internal enum CardVerdictKind
{
    Merged,
    MergedWithFactor,
    NeedsMore,
    Refused,
}

internal sealed record CardVerdict(CardVerdictKind Kind, double Factor, string Reason);

internal static class CardComparison
{
    public static CardVerdict Judge(
        IReadOnlyDictionary<OperatorSpec, LatencyEntry> reference,
        IReadOnlyDictionary<OperatorSpec, LatencyEntry> card,
        int measured
    ) => new(CardVerdictKind.Merged, 1, "");
}

internal static class CalibrationPlan
{
    public static IReadOnlyList<OperatorSpec> Of(IReadOnlyList<OperatorSpec> specs, int count) => [.. specs.Take(count)];
}

internal static class MergedEntry
{
    public static LatencyEntry Of(LatencyEntry entry, string device, double factor) => entry;
}
