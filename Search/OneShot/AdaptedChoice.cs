using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Runs;

namespace FasterSeg.Search.OneShot;

/// <summary>
/// Orders students by what they make of the shared weights in some steps of their own. Shared weights tell a good network from a bad one,
/// and good ones hardly from each other; what evolution makes of them is one family. So evolution may go on with these scores, from some of
/// the best and some of the random ones, and the best of all may get more steps, rung by rung.
/// </summary>
/// <param name="options">The configuration.</param>
/// <param name="table">Latencies on the device.</param>
/// <param name="band">Where the students' estimates lie.</param>
/// <param name="score">Scores a network by the shared weights.</param>
/// <param name="adapted">Scores it after so many steps of its own.</param>
/// <param name="reporter">Tells the user.</param>
public sealed class AdaptedChoice(
    FasterSegOptions options,
    LatencyTable table,
    LatencyTarget? band,
    Func<DerivedArchitecture, NetworkScore> score,
    Func<DerivedArchitecture, int, NetworkScore> adapted,
    IProgressReporter reporter
)
{
    private const string Phase = "scores_adapted";
    private readonly OneShotOptions phase = options.OneShot;

    /// <summary>How many networks have how many steps, rung by rung, where the band holds as many as are asked for.</summary>
    /// <param name="phase">The configuration's section.</param>
    public static IReadOnlyList<(int Networks, int Steps)> Rungs(OneShotOptions phase) => Rungs(phase, Asked(phase, phase.Networks));

    private static int Asked(OneShotOptions phase, int ranked) => Math.Min(phase.AdaptedNetworks, ranked) + phase.AdaptedDescendants;

    private static List<(int Networks, int Steps)> Rungs(OneShotOptions phase, int networks)
    {
        if (phase.AdaptationSteps == 0)
            return [];
        List<(int Networks, int Steps)> rungs = [(networks, phase.AdaptationSteps)];
        // One that is alone has won.
        while (rungs.Count < phase.AdaptationRungs && rungs[^1].Networks > 1)
            rungs.Add(((rungs[^1].Networks + 3) / 4, 4 * rungs[^1].Steps));
        return rungs;
    }

    /// <summary>The best networks first. Those that got no steps follow in the order that they had; without
    /// <c>oneShot:adaptationSteps</c> that is all of them.</summary>
    /// <param name="ranked">The best by the shared weights first.</param>
    /// <param name="cancellation">Stops it.</param>
    public IReadOnlyList<ScoredNetwork> Ordered(IReadOnlyList<ScoredNetwork> ranked, CancellationToken cancellation)
    {
        if (phase.AdaptationSteps == 0)
            return ranked;
        int asked = Asked(phase, ranked.Count);
        long done = 0,
            total = Steps(Rungs(phase, asked));
        double best = double.PositiveInfinity;
        var shared = ranked.ToDictionary(one => one.Architecture, one => one.Score);
        IReadOnlyList<ScoredNetwork> order =
        [
            .. Evolved([.. First(ranked).Select(one => one with { Score = Adapted(one.Architecture, phase.AdaptationSteps) })])
                .Select(one => one with { Score = shared[one.Architecture] }),
        ];
        // A narrow band may hold fewer.
        List<(int Networks, int Steps)> rungs = Rungs(phase, order.Count);
        total = Steps(rungs);
        foreach (var (networks, steps) in rungs.Skip(1))
        {
            best = double.PositiveInfinity;
            IEnumerable<(ScoredNetwork Network, double Loss)> rung =
            [
                .. order.Take(networks).Select(one => (one, Adapted(one.Architecture, steps).Loss)),
            ];
            order = [.. rung.OrderBy(each => each.Loss).Select(each => each.Network), .. order.Skip(networks)];
        }
        if (order.Count < asked)
            reporter.Report(Phase, total, total);
        return [.. order.Concat(ranked).DistinctBy(one => one.Architecture)];

        IReadOnlyList<ScoredNetwork> Evolved(IReadOnlyList<ScoredNetwork> first)
        {
            var evolution = new Evolution(options.Space.ToSpace(), Role.Student, table, band, phase, asked, options.Seed) { First = first };
            return evolution.Run(Descendant, (_, _) => { }, cancellation);
        }

        NetworkScore Descendant(DerivedArchitecture network)
        {
            if (!shared.ContainsKey(network))
                shared[network] = score(network);
            return Adapted(network, phase.AdaptationSteps);
        }

        NetworkScore Adapted(DerivedArchitecture network, int steps)
        {
            cancellation.ThrowIfCancellationRequested();
            NetworkScore found = adapted(network, steps);
            best = Math.Min(best, found.Loss);
            reporter.Report(Phase, done += steps, total, latest: FormattableString.Invariant($"{steps} each, best loss {best:F4}"));
            return found;
        }
    }

    /// <summary>Steps of all networks of some rungs together.</summary>
    /// <param name="rungs">How many networks have how many steps.</param>
    public static long Steps(IEnumerable<(int Networks, int Steps)> rungs) => rungs.Sum(rung => (long)rung.Networks * rung.Steps);

    /// <summary>The best; where others shall descend from them, half of them are the best of those drawn at random.</summary>
    private IEnumerable<ScoredNetwork> First(IReadOnlyList<ScoredNetwork> ranked)
    {
        if (phase.AdaptedDescendants == 0)
            return ranked.Take(phase.AdaptedNetworks);
        IEnumerable<ScoredNetwork> best = ranked.Take((phase.AdaptedNetworks + 1) / 2),
            drawn = ranked.Where(one => one.IsDrawn).Except(best).Take(phase.AdaptedNetworks / 2);
        return best.Concat(drawn).Concat(ranked).Distinct().Take(phase.AdaptedNetworks);
    }
}
