using FasterSeg.Latency;
using FasterSeg.Latency.Numbers;

namespace FasterSeg.Search.Data;

/// <summary>
/// The training set in two halves, without overlap, for the search's two levels (paper, Section 3.3): one trains the weights,
/// the other the architecture. Which sample is in which half depends on the seed alone.
/// </summary>
/// <param name="Weights">The half that the weights see.</param>
/// <param name="Architecture">The half that alpha, beta and gamma see.</param>
public sealed record BilevelHalves(ISampleSource Weights, ISampleSource Architecture)
{
    /// <summary>Passes where there are enough to be split.</summary>
    /// <exception cref="UserErrorException">Fewer than two samples.</exception>
    public static void Require(ISampleSource samples)
    {
        if (samples.Count < 2)
            throw new UserErrorException(
                $"A search needs at least 2 training images, one for the weights and one for the architecture; there is {samples.Count}."
            );
    }

    /// <summary>Splits a set; an odd sample goes to the architecture.</summary>
    /// <exception cref="UserErrorException">Fewer than two samples.</exception>
    public static BilevelHalves Of(ISampleSource samples, int seed)
    {
        Require(samples);
        int[] order = new StableRandom(seed).Permutation(samples.Count);
        int half = samples.Count / 2;
        return new BilevelHalves(new SamplePart(samples, order[..half]), new SamplePart(samples, order[half..]));
    }
}
