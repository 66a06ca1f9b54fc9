using FasterSeg.Latency.Predicting;
using FasterSeg.Latency.Spaces;

namespace FasterSeg.Bench.Predicting;

/// <summary>What one would try first: the nearest known key of the same group, and a line in work and traffic through a group's nearest
/// keys.</summary>
internal static class SimplerWays
{
    /// <summary>The latency of the nearest known key: same kind and stride if there is one, then by doublings of size and
    /// channels.</summary>
    public static double Nearest(OperatorSpec spec, IReadOnlyList<(OperatorSpec Spec, double Ms)> known) =>
        ByDistance(spec, known).First().Ms;

    /// <summary>
    /// Linear interpolation along the channels: between the nearest known keys with less and with more work of the same group, preferably
    /// on the same map, by work; the nearest one's latency in proportion to work where all lie on one side.
    /// </summary>
    public static double Interpolated(OperatorSpec spec, IReadOnlyList<(OperatorSpec Spec, double Ms)> known)
    {
        OperatorFeatures asked = OperatorFeatures.Of(spec);
        double work = Math.Exp(asked.LogWork);
        (double Work, double Ms)[] near =
        [
            .. ByDistance(spec, known)
                .Where(one => OperatorFeatures.Of(one.Spec).Group == asked.Group)
                .Select(one => (Math.Exp(OperatorFeatures.Of(one.Spec).LogWork), one.Ms)),
        ];
        if (near.Length == 0)
            return Nearest(spec, known);
        (double Work, double Ms)[] below = [.. near.Where(one => one.Work <= work).Take(1)],
            above = [.. near.Where(one => one.Work >= work).Take(1)];
        if (below.Length == 0 || above.Length == 0)
            return near[0].Ms * work / near[0].Work;
        double span = above[0].Work - below[0].Work;
        return span <= 0 ? below[0].Ms : below[0].Ms + ((above[0].Ms - below[0].Ms) * (work - below[0].Work) / span);
    }

    private static IEnumerable<(OperatorSpec Spec, double Ms)> ByDistance(
        OperatorSpec spec,
        IReadOnlyList<(OperatorSpec Spec, double Ms)> known
    )
    {
        OperatorFeatures asked = OperatorFeatures.Of(spec);
        return known.OrderBy(one => Distance(OperatorFeatures.Of(one.Spec), asked));
    }

    private static double Distance(OperatorFeatures a, OperatorFeatures b) =>
        (
            a.Group == b.Group ? 0
            : a.Kind == b.Kind ? 100
            : 200
        )
        + Math.Abs(a.Size - b.Size)
        + Math.Abs(a.In - b.In)
        + Math.Abs(a.Out - b.Out);
}
