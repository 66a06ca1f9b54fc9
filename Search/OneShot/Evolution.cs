using FasterSeg.Latency;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Numbers;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Configuration;

namespace FasterSeg.Search.OneShot;

/// <summary>
/// Looks for the network of the best score inside a latency band: random ones first, then descendants of the best so far, by mutation and
/// crossover. What lies outside the band is dropped by its estimate, before any pass.
/// </summary>
/// <param name="space">The space.</param>
/// <param name="role">A teacher has full width.</param>
/// <param name="table">Latencies on the target.</param>
/// <param name="band">Where the estimate must lie; null is anywhere.</param>
/// <param name="options">How networks vary.</param>
/// <param name="count">Networks to score.</param>
/// <param name="seed">Decides all: with the same scores it looks at the same networks.</param>
public sealed class Evolution(
    SearchSpace space,
    Role role,
    LatencyTable table,
    LatencyTarget? band,
    OneShotOptions options,
    int count,
    int seed
)
{
    // Candidates in a row that bring nothing new: the band holds no further network.
    private const int MostTries = 100_000;
    private const int Sequence = 30,
        LaterSequence = 31;

    // Networks that cost much are few: a quarter of them, and at first that would be one or two.
    private const int LaterParents = 4;

    /// <summary>A band without a network is no fault.</summary>
    public bool MayFindNone { get; init; }

    /// <summary>Networks that have scores already, which count to those that are scored: none is drawn at random, and the others descend
    /// from the best quarter so far. With none, evolution begins at random.</summary>
    public IReadOnlyList<ScoredNetwork> First { get; init; } = [];

    /// <summary>Runs it.</summary>
    /// <param name="score">Scores a network; called for each network once.</param>
    /// <param name="told">Told of each network when it is scored.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>All networks that were scored, the best first; fewer than asked for where the band holds no more.</returns>
    /// <exception cref="UserErrorException">No network was found in the band, and one was to be.</exception>
    public IReadOnlyList<ScoredNetwork> Run(
        Func<DerivedArchitecture, NetworkScore> score,
        Action<ScoredNetwork, int> told,
        CancellationToken cancellation
    )
    {
        var random = new StableRandom(seed, First.Count > 0 ? LaterSequence : Sequence, (int)role);
        var seen = First.Select(one => one.Architecture).ToHashSet();
        var best = First.OrderBy(one => one.Score.Loss).ToList();
        for (int tries = 0; best.Count < count && tries < MostTries; tries++)
        {
            cancellation.ThrowIfCancellationRequested();
            bool isDrawn = First.Count == 0 && best.Count < Math.Min(options.Population, count);
            Genotype genotype = isDrawn ? Genotype.Draw(space, ref random) : Child(best, ref random);
            DerivedArchitecture architecture = genotype.Derive(space, role);
            if (!seen.Add(architecture))
                continue;
            double estimate = NetworkEstimate.Of(table, NetworkPlan.Of(architecture, space)).TotalMs;
            if (band is not null && !band.Contains(estimate))
                continue;
            var scored = new ScoredNetwork(genotype, architecture, estimate, score(architecture)) { IsDrawn = isDrawn };
            int place = best.FindIndex(other => other.Score.Loss > scored.Score.Loss);
            best.Insert(place < 0 ? best.Count : place, scored);
            told(scored, best.Count);
            tries = 0;
        }
        return best.Count > 0 || MayFindNone ? best : throw new UserErrorException(NoneIn(band!));
    }

    /// <summary>A narrow band, or one at the end of what there is, may be missed by networks that are drawn.</summary>
    private string NoneIn(LatencyTarget band)
    {
        (double low, double high) = ReachableLatencies.Of(space, table);
        int digits = band.DigitsBeside(low, high);
        return FormattableString.Invariant($"None of {MostTries:N0} random networks lay in {band.ToString(digits)}. ")
            + "By the table the cheapest and the dearest student take "
            + $"{new LatencyTarget(low, high, band.Batch).ToString(digits)}, and few networks are near either end: set searching:target to "
            + "a wider band, or to one nearer to the middle.";
    }

    private Genotype Child(List<ScoredNetwork> best, ref StableRandom random)
    {
        int parents =
            First.Count > 0 ? Math.Max(Math.Min(LaterParents, best.Count), best.Count / 4) : Math.Min(options.Parents, best.Count);
        Genotype one = best[random.Next(parents)].Genotype;
        return random.NextBool() ? one.Mutate(options.Mutation, ref random)
            : one.Cross(best[random.Next(parents)].Genotype, ref random) is var child && random.NextBool()
                ? child.Mutate(options.Mutation, ref random)
            : child;
    }
}
