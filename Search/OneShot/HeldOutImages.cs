using FasterSeg.Latency;
using FasterSeg.Latency.Numbers;
using FasterSeg.Search.Data;

namespace FasterSeg.Search.OneShot;

/// <summary>The training images in two parts, for a search that scores networks: validation images decide nothing in it.</summary>
/// <param name="Weights">What trains the shared weights.</param>
/// <param name="Scores">What the networks are scored on.</param>
public sealed record HeldOutImages(ISampleSource Weights, ISampleSource Scores)
{
    /// <summary>Passes where there are enough to be split.</summary>
    /// <exception cref="UserErrorException">Fewer than two images.</exception>
    public static void Require(ISampleSource samples)
    {
        if (samples.Count < 2)
            throw new UserErrorException(
                $"A search needs at least 2 training images, one for the weights and one for the scores; there is {samples.Count}."
            );
    }

    /// <summary>Splits a set; which image is where depends on the seed alone.</summary>
    /// <param name="samples">The training images.</param>
    /// <param name="share">Share that is held out, in (0, 1); one image at least.</param>
    /// <param name="seed">Of the split.</param>
    /// <exception cref="UserErrorException">Fewer than two images.</exception>
    public static HeldOutImages Of(ISampleSource samples, double share, int seed)
    {
        Require(samples);
        int[] order = new StableRandom(seed).Permutation(samples.Count);
        int held = Math.Clamp((int)Math.Round(share * samples.Count), 1, samples.Count - 1);
        return new(new SamplePart(samples, order[held..]), new SamplePart(samples, order[..held]));
    }
}
