namespace FasterSeg.Bench.Ranking;

/// <summary>How good a chosen network is among those that it could have been.</summary>
/// <param name="Percentile">The share of the others that are worse, 0 to 100; 50 is chance.</param>
/// <param name="Regret">What is missing to the best, in standard deviations of all.</param>
internal readonly record struct Choice(double Percentile, double Regret)
{
    /// <summary>Judges one.</summary>
    /// <param name="chosen">Its name.</param>
    /// <param name="truths">All networks' qualities, with the chosen one's.</param>
    public static Choice Of(string chosen, IReadOnlyDictionary<string, double> truths)
    {
        double own = truths[chosen];
        double[] all = [.. truths.Values];
        // A tie counts half; the network itself is one.
        double below = all.Count(one => one < own) + ((all.Count(one => one == own) - 1) / 2.0);
        return new(100 * below / (all.Length - 1), (all.Max() - own) / Deviation(all));
    }

    /// <summary>Judges one that is not among them. Its regret is below 0 where it is better than all.</summary>
    /// <param name="own">Its quality.</param>
    /// <param name="others">The others'.</param>
    public static Choice Of(double own, IReadOnlyList<double> others) =>
        new(
            100 * (others.Count(one => one < own) + (others.Count(one => one == own) / 2.0)) / others.Count,
            (others.Max() - own) / Deviation(others)
        );

    /// <summary>Standard deviation of all that there are.</summary>
    public static double Deviation(IReadOnlyList<double> all)
    {
        double mean = all.Average();
        return Math.Sqrt(all.Average(one => (one - mean) * (one - mean)));
    }

    /// <summary>Means and each of some choices, as a piece of a sentence.</summary>
    public static string Tell(IReadOnlyList<Choice> choices) =>
        FormattableString.Invariant(
            $"percentile {choices.Average(one => one.Percentile):F1} (least {choices.Min(one => one.Percentile):F0}), "
        ) + FormattableString.Invariant($"regret {choices.Average(one => one.Regret):F2}");
}
