using MathNet.Numerics.Statistics;

namespace FasterSeg.Search.OneShot;

/// <summary>
/// Orders networks by what a short training and shared weights say of each. Both are noisy, and they err in different ways, so that
/// together they tell more than either alone (decision 21). Losses are counted in deviations: a training's in those of the networks that
/// were trained beside it, a score's in those of the random networks with which the search began, as the best of them differ by little.
/// </summary>
/// <param name="scored">All networks that the search has scored.</param>
/// <param name="scoreWeight">What a score counts beside a training; 0 counts the trainings alone.</param>
public sealed class FinalistOrder(IEnumerable<ScoredNetwork> scored, double scoreWeight)
{
    private readonly double deviation = Deviation(scored.Where(one => one.IsDrawn).Select(one => one.Score.Loss));

    /// <summary>The best first. Of two that are alike the one that stood first stays first.</summary>
    /// <param name="networks">Networks.</param>
    /// <param name="losses">Of a training of each, on held-out images.</param>
    public IReadOnlyList<ScoredNetwork> Of(IReadOnlyList<ScoredNetwork> networks, IReadOnlyList<double> losses)
    {
        // Scores that are all the same, or none, as where networks are drawn only, tell nothing.
        double weight = deviation > 0 ? scoreWeight * Deviation(losses) / deviation : 0;
        return
        [
            .. networks
                .Zip(losses, (network, loss) => (network, Badness: loss + (weight * network.Score.Loss)))
                .OrderBy(each => each.Badness)
                .Select(each => each.network),
        ];
    }

    private static double Deviation(IEnumerable<double> losses)
    {
        double found = losses.PopulationStandardDeviation();
        return double.IsFinite(found) ? found : 0;
    }
}
