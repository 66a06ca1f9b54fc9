namespace FasterSeg.Search.Data;

/// <summary>Some samples that stand for all.</summary>
internal static class SpreadSamples
{
    /// <summary>Samples that lie evenly among all, the first one included; each is decoded when it is taken.</summary>
    /// <param name="samples">All of them.</param>
    /// <param name="most">How many; fewer where there are fewer.</param>
    /// <exception cref="Latency.UserErrorException">A picture or a label is unusable; the message names the file.</exception>
    public static IEnumerable<Sample> Spread(this ISampleSource samples, int most)
    {
        int count = Math.Min(most, samples.Count);
        for (int i = 0; i < count; i++)
            yield return samples.Load((int)((long)i * samples.Count / count));
    }
}
