namespace FasterSeg.Bench.Ranking;

/// <summary>By what networks are called good. The higher, the better.</summary>
/// <param name="Name">For people.</param>
/// <param name="OfTraining">Of one training.</param>
/// <param name="OfSupernet">What a supernet says of a network.</param>
internal sealed record Quality(string Name, Func<Truth, double> OfTraining, Func<SupernetScores, string, double> OfSupernet)
{
    /// <summary>Minus the cross-entropy of the validation pixels. Small classes do not make it jump.</summary>
    public static Quality Loss { get; } = new("loss", training => -training.Loss, (supernet, network) => -supernet.Losses[network]);

    /// <summary>Mean IoU, in percent.</summary>
    public static Quality MeanIou { get; } =
        new("mIoU", training => 100 * training.MeanIou, (supernet, network) => 100 * supernet.MeanIous[network]);

    /// <summary>
    /// Each network's mean over its trainings. What a seed has in common for all networks is taken out first, so that a network with
    /// more seeds than others gains nothing by them.
    /// </summary>
    /// <param name="file">The trainings.</param>
    /// <param name="steps">Their length.</param>
    /// <param name="counts">Which seeds count; null counts all.</param>
    /// <returns>By the networks' names, around 0.</returns>
    public IReadOnlyDictionary<string, double> Of(RankingFile file, int steps, Func<int, bool>? counts = null)
    {
        IReadOnlyDictionary<int, double> common = Common(file, steps);
        return file
            .Truths.Where(one => one.Steps == steps && (counts is null || counts(one.Seed)))
            .GroupBy(one => one.Network)
            .ToDictionary(network => network.Key, network => network.Average(one => OfTraining(one) - common[one.Seed]));
    }

    /// <summary>What each seed has in common for all networks that were trained with it.</summary>
    public IReadOnlyDictionary<int, double> Common(RankingFile file, int steps) =>
        file
            .Truths.Where(one => one.Steps == steps)
            .GroupBy(one => one.Seed)
            .ToDictionary(seed => seed.Key, seed => seed.Average(OfTraining));
}
