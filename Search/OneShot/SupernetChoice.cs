using FasterSeg.Latency;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Comparing;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Searching;

namespace FasterSeg.Search.OneShot;

/// <summary>What trained shared weights offer on a device: the best networks of a band, or a front over latency. Scores do not depend on
/// the device, so that one training serves many.</summary>
/// <param name="options">The configuration.</param>
/// <param name="table">Latencies on the device.</param>
/// <param name="score">Scores a network by the shared weights.</param>
/// <param name="reporter">Tells the user.</param>
public sealed class SupernetChoice(
    FasterSegOptions options,
    LatencyTable table,
    Func<DerivedArchitecture, NetworkScore> score,
    IProgressReporter reporter
)
{
    // A front of many networks has fewer candidates for each.
    private const int FewestInBand = 40;

    // Beyond lie networks that are rarely drawn, and that hardly anything was trained for.
    private const double Fast = 0.05,
        Slow = 0.95;

    private readonly SearchSpace space = options.Space.ToSpace();

    /// <summary>How far apart, as a share of their latency, two networks of a front are at least: about as far as two tables of one device
    /// are.</summary>
    public const double Apart = 0.01;

    /// <summary>The best networks first.</summary>
    /// <param name="role">A teacher has full width.</param>
    /// <param name="band">Where their estimates lie; null is anywhere.</param>
    /// <param name="count">Networks to score.</param>
    /// <param name="phase">What the user is told is done.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="UserErrorException">The band holds no network.</exception>
    public IReadOnlyList<ScoredNetwork> Ranked(Role role, LatencyTarget? band, int count, string phase, CancellationToken cancellation) =>
        Ranked(new Evolution(space, role, table, band, options.OneShot, count, options.Seed), count, phase, cancellation);

    private IReadOnlyList<ScoredNetwork> Ranked(Evolution evolution, int count, string phase, CancellationToken cancellation)
    {
        double best = double.PositiveInfinity;
        return evolution.Run(
            network => score(AsStudent(network)),
            (network, done) =>
            {
                best = Math.Min(best, network.Score.Loss);
                reporter.Report(phase, done, count, latest: FormattableString.Invariant($"best loss {best:F4}"));
            },
            cancellation
        );
    }

    /// <summary>Students from fast to slow, none of which another one of all that were scored beats in latency and score at once.</summary>
    /// <param name="networks">How many to look for; fewer come back where no more of them are <see cref="Apart"/>.</param>
    /// <param name="found">Students that were looked at before, with these weights; they stand beside the others, but for those behind the
    /// last band.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>The front, and all that were scored, both from fast to slow.</returns>
    /// <exception cref="UserErrorException">No network was found at all.</exception>
    public (IReadOnlyList<OfferedNetwork> Front, IReadOnlyList<OfferedNetwork> All) Front(
        int networks,
        IEnumerable<DerivedArchitecture> found,
        CancellationToken cancellation
    )
    {
        double low = RandomArchitectures.Quantile(space, table, Fast, options.Seed),
            high = RandomArchitectures.Quantile(space, table, Slow, options.Seed),
            ratio = Math.Pow(high / low, 1.0 / networks);
        int count = Math.Max(FewestInBand, options.OneShot.Networks / networks);
        List<OfferedNetwork> scored =
        [
            // Slower ones beat nothing, and among them are a search's candidates for its teacher.
            .. found
                .Select(network => (Network: network, Ms: NetworkEstimate.Of(table, NetworkPlan.Of(network, space)).TotalMs))
                .Where(one => one.Ms < high)
                .Select(one => new OfferedNetwork(one.Network, one.Ms, score(AsStudent(one.Network)))),
        ];
        for (int i = 0; i < networks; i++)
        {
            var band = new LatencyTarget(low * Math.Pow(ratio, i), low * Math.Pow(ratio, i + 1));
            // A table with few latencies leaves bands empty. The others have networks all the same.
            var evolution = new Evolution(space, Role.Student, table, band, options.OneShot, count, options.Seed) { MayFindNone = true };
            scored.AddRange(Ranked(evolution, count, FormattableString.Invariant($"front_{i + 1}_of_{networks}"), cancellation));
        }
        // In one order, whichever were known before: a front that was interrupted is that of one that was not.
        OfferedNetwork[] all =
        [
            .. scored
                .DistinctBy(one => one.Architecture)
                .OrderBy(one => one.EstimateMs)
                .ThenBy(one => DerivedArchitectureJson.Write(one.Architecture), StringComparer.Ordinal),
        ];
        if (all.Length == 0)
            throw new UserErrorException(
                "No network lay between the latencies that random networks take by the table: look whether it is this space's."
            );
        IReadOnlyList<OfferedNetwork> undominated = ParetoFront.Of(all, one => one.EstimateMs, one => -one.Score.Loss);
        // Of each band the best: a front has points enough to choose from, and no two that are all but the same. What was found before
        // the first stands in it: left out, it would beat networks that are on the front.
        IEnumerable<OfferedNetwork> best = undominated
            .GroupBy(one => BandOf(one.EstimateMs))
            .Select(band => band.MinBy(one => one.Score.Loss)!);
        return (Filled([.. best], undominated, networks), all);

        int BandOf(double estimateMs) => Math.Clamp((int)Math.Floor(Math.Log(estimateMs / low) / Math.Log(ratio)), 0, networks - 1);
    }

    /// <summary>A front with the farthest others in the places of bands that have none, from fast to slow.</summary>
    private static IReadOnlyList<OfferedNetwork> Filled(List<OfferedNetwork> front, IReadOnlyList<OfferedNetwork> undominated, int networks)
    {
        double Gap(OfferedNetwork one) => front.Min(other => Between(one, other));
        while (front.Count < networks && undominated.MaxBy(Gap) is { } farthest && Gap(farthest) >= Nearest)
        {
            // Of those that take all but its time the best: it would cost loss, and gain nothing that can be measured.
            front.Add(undominated.Where(one => Between(one, farthest) < Nearest && Gap(one) >= Nearest).MinBy(one => one.Score.Loss)!);
        }
        return [.. front.OrderBy(one => one.EstimateMs)];
    }

    private static double Nearest => Math.Log(1 + Apart);

    private static double Between(OfferedNetwork one, OfferedNetwork other) => Math.Abs(Math.Log(one.EstimateMs / other.EstimateMs));

    /// <summary>A network as a search's result.</summary>
    public RoleChoice Choice(ScoredNetwork winner) => winner.Choice(space, table, network => score(AsStudent(network)).MeanIou);

    /// <summary>With the stem and head that the shared weights have: they are the same for all teachers.</summary>
    private DerivedArchitecture AsStudent(DerivedArchitecture network) =>
        network with
        {
            Role = Role.Student,
            StemRatio = space.StemRatio(Role.Student),
            HeadRatio = space.HeadRatio(Role.Student),
        };
}
