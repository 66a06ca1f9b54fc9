using FasterSeg.Latency.Agreeing;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Numbers;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Latency.Estimating;

/// <summary>
/// Random students of a space as two tables estimate them: whether a search would put networks in the same order. Students alone, because a
/// teacher is not searched by latency, and being slower than any student it would make the order look safer than it is.
/// </summary>
/// <param name="First">Estimates by the first table, ms.</param>
/// <param name="Second">Estimates of the same networks by the second one, ms.</param>
/// <param name="LeftOut">Networks that need a part which a table lacks.</param>
public sealed record EstimatedStudents(IReadOnlyList<double> First, IReadOnlyList<double> Second, int LeftOut)
{
    // Apart from the sequences that a validation draws its networks from.
    private const int Sequence = 2000;

    /// <summary>Draws networks and estimates them. A part that one of the tables counts as free is left out for both.</summary>
    /// <param name="first">A table.</param>
    /// <param name="second">Another one.</param>
    /// <param name="space">The space that both are of.</param>
    /// <param name="count">Networks to draw; one that comes twice counts once.</param>
    /// <param name="seed">The same seed draws the same networks.</param>
    public static EstimatedStudents Draw(LatencyTable first, LatencyTable second, SearchSpace space, int count, int seed)
    {
        var seeds = new StableRandom(seed, Sequence);
        var networks = new HashSet<DerivedArchitecture>();
        for (int i = 0; i < count; i++)
            networks.Add(RandomArchitectures.Draw(space, Role.Student, unchecked((int)seeds.NextBits())));
        HashSet<OperatorKind> free = [.. NetworkEstimate.FreeKinds(first), .. NetworkEstimate.FreeKinds(second)];
        OperatorSpec[][] plans =
        [
            .. networks.Select(network =>
                NetworkPlan.Of(network, space).Parts.Select(part => part.Spec).Where(spec => !free.Contains(spec.Kind)).ToArray()
            ),
        ];
        OperatorSpec[][] whole =
        [
            .. plans.Where(parts => parts.All(spec => first.Find(spec) is { Failure: null } && second.Find(spec) is { Failure: null })),
        ];
        return new(
            [.. whole.Select(parts => parts.Sum(spec => first[spec]))],
            [.. whole.Select(parts => parts.Sum(spec => second[spec]))],
            plans.Length - whole.Length
        );
    }

    /// <summary>How far the two orders agree.</summary>
    public RankAgreement Ranks() => RankAgreement.Of(First, Second);

    /// <summary>Pairs within 20 % of each other's latency in the second table, and how many of them are in another order in the
    /// first.</summary>
    public (int Pairs, int Flipped) NearPairs()
    {
        int pairs = 0,
            flipped = 0;
        for (int i = 0; i < Second.Count; i++)
        {
            for (int j = 0; j < i; j++)
            {
                if (Math.Max(Second[i], Second[j]) > (1 + Agreement.Near) * Math.Min(Second[i], Second[j]))
                    continue;
                pairs++;
                if (First[i].CompareTo(First[j]) * Second[i].CompareTo(Second[j]) < 0)
                    flipped++;
            }
        }
        return (pairs, flipped);
    }
}
