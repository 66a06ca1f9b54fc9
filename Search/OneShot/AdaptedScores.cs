using FasterSeg.Latency.Networks;

namespace FasterSeg.Search.OneShot;

/// <summary>Scores that a run keeps of networks that have had some steps of their own: those of each number of steps apart.</summary>
/// <param name="of">The scores after so many steps.</param>
public sealed class AdaptedScores(Func<int, KnownScores> of)
{
    private readonly Dictionary<int, KnownScores> known = [];

    /// <summary>The score of a network.</summary>
    /// <param name="network">Which one.</param>
    /// <param name="steps">After how many steps of its own.</param>
    public NetworkScore Of(DerivedArchitecture network, int steps)
    {
        if (!known.TryGetValue(steps, out KnownScores? scores))
            known[steps] = scores = of(steps);
        return scores.Of(network);
    }
}
