using FasterSeg.Latency.Spaces;

namespace FasterSeg.Fleet.Service.Merging;

/// <summary>
/// Which operators two cards both measure to be compared: few, of every kind, resolution, stride and width. The kinds take turns; each
/// takes the operator that is most unlike those taken, of equals the one with most work, since long runs repeat best. So the first
/// twelve of 24 are the twelve.
/// </summary>
internal static class CalibrationPlan
{
    /// <summary>Operators of the first look: one of each kind.</summary>
    public const int Few = 12;

    /// <summary>Operators before a card is refused.</summary>
    public const int Most = 24;

    // What a further operator of a kind adds least: the same stride, then the same map, then the same widths.
    private const double SameStride = 3;
    private const double SameMap = 2;
    private const double SameWidth = 1;

    /// <summary>Operators of a space's table, the same each time.</summary>
    /// <param name="space">The space.</param>
    /// <param name="count">How many; all where there are no more.</param>
    public static IReadOnlyList<OperatorSpec> Of(SearchSpace space, int count) => Of(space.Operators(full: true), count);

    /// <summary>Operators of a list, whatever its order.</summary>
    /// <param name="specs">The operators to choose from; those whose latency is 0 by definition are not chosen.</param>
    /// <param name="count">How many; all where there are no more.</param>
    public static IReadOnlyList<OperatorSpec> Of(IEnumerable<OperatorSpec> specs, int count)
    {
        Candidate[] candidates = Candidates(specs);
        List<Candidate>[] kinds =
        [
            .. candidates.GroupBy(candidate => candidate.Spec.Kind).OrderBy(kind => kind.Key).Select(kind => kind.ToList()),
        ];
        var chosen = new List<Candidate>();
        while (chosen.Count < count && kinds.Any(kind => kind.Count > 0))
        {
            foreach (List<Candidate> kind in kinds.Where(kind => kind.Count > 0))
            {
                if (chosen.Count == count)
                    break;
                Candidate next = kind.MinBy(candidate => Likeness(candidate, chosen))!;
                chosen.Add(next);
                kind.Remove(next);
            }
        }
        return [.. chosen.Select(candidate => candidate.Spec)];
    }

    /// <summary>By falling work, then by key: the first of equals is taken.</summary>
    private static Candidate[] Candidates(IEnumerable<OperatorSpec> specs)
    {
        OperatorSpec[] sorted =
        [
            .. specs
                .Distinct()
                .Where(spec => !spec.IsZeroByDefinition)
                .OrderByDescending(Work)
                .ThenBy(spec => spec.ToString(), StringComparer.Ordinal),
        ];
        // Channels times rows are the same at each scale for one width ratio.
        int[] inputs = [.. sorted.Select(spec => spec.InChannels * spec.Height).Order()];
        int[] outputs = [.. sorted.Select(spec => spec.OutChannels * spec.OutHeight).Order()];
        return
        [
            .. sorted.Select(spec => new Candidate(
                spec,
                Third(inputs, spec.InChannels * spec.Height),
                Third(outputs, spec.OutChannels * spec.OutHeight)
            )),
        ];
    }

    /// <summary>How much of an operator is there already: within its kind, and, for less than that, among all.</summary>
    private static double Likeness(Candidate candidate, List<Candidate> chosen)
    {
        double likeness = 0;
        foreach (Candidate other in chosen)
        {
            bool sameMap = other.Spec.Height == candidate.Spec.Height;
            double alike = (sameMap ? SameMap : 0) + Alike(candidate, other);
            if (other.Spec.Kind == candidate.Spec.Kind)
                likeness += alike + (other.Spec.Stride == candidate.Spec.Stride ? SameStride : 0);
            else
                likeness += alike / Few;
        }
        return likeness;
    }

    private static double Alike(Candidate one, Candidate other) =>
        (one.In == other.In ? SameWidth : 0) + (one.Out == other.Out ? SameWidth : 0);

    private static int Third(int[] sorted, int value) => 3 * Array.FindIndex(sorted, other => other >= value) / sorted.Length;

    private static double Work(OperatorSpec spec) =>
        OperatorWeightShapes.Multiplications(spec) is > 0 and double work
            ? work
            : (double)spec.OutHeight * spec.OutWidth * spec.OutChannels;

    /// <summary>An operator with its widths.</summary>
    /// <param name="Spec">The operator.</param>
    /// <param name="In">Whether its input is narrow (0), of middle width (1) or wide (2) among all.</param>
    /// <param name="Out">The same of its output.</param>
    private sealed record Candidate(OperatorSpec Spec, int In, int Out);
}
