namespace FasterSeg.Bench.Ranking;

/// <summary>How far one training tells networks apart (Shrout and Fleiss, 1979).</summary>
/// <param name="Correlation">ICC(1,1): the share of one training's variance that is the networks' own. At most 1.</param>
/// <param name="Consistency">ICC(3,1): the same without what a seed has in common for all networks, which changes no ranking by that
/// seed. At most 1.</param>
/// <param name="Between">Standard deviation of the networks' own values; 0 where seeds explain all.</param>
/// <param name="Within">Standard deviation between seeds of one network.</param>
internal sealed record Intraclass(double Correlation, double Consistency, double Between, double Within)
{
    /// <summary>Of networks with equally many trainings each.</summary>
    /// <param name="networks">Values of each network, one a seed; the seeds are the same ones, in one order.</param>
    public static Intraclass Of(IReadOnlyList<double[]> networks)
    {
        int count = networks.Count,
            seeds = networks[0].Length;
        double mean = networks.Average(values => values.Average());
        double between = seeds * networks.Sum(values => Square(values.Average() - mean)) / (count - 1);
        double within = networks.Sum(values => values.Sum(value => Square(value - values.Average()))) / (count * (seeds - 1));
        double common = count * Enumerable.Range(0, seeds).Sum(seed => Square(networks.Average(values => values[seed]) - mean)),
            rest = ((within * count * (seeds - 1)) - common) / ((count - 1) * (seeds - 1));
        return new(
            (between - within) / (between + ((seeds - 1) * within)),
            (between - rest) / (between + ((seeds - 1) * rest)),
            Math.Sqrt(Math.Max(0, between - within) / seeds),
            Math.Sqrt(within)
        );
    }

    private static double Square(double value) => value * value;
}
