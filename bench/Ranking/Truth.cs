namespace FasterSeg.Bench.Ranking;

/// <summary>What came of training one network once.</summary>
/// <param name="Network">Its name.</param>
/// <param name="Seed">Of weights, order and augmentation.</param>
/// <param name="Steps">Steps of the training, whose learning rate falls to 0 over exactly these.</param>
/// <param name="MeanIou">On the validation images at the space's size, in [0, 1].</param>
/// <param name="Loss">Mean cross-entropy of the validation pixels.</param>
/// <param name="Seconds">Processor time of the training.</param>
/// <param name="Processor">On which it ran.</param>
/// <param name="Commit">Of this repository.</param>
internal sealed record Truth(
    string Network,
    int Seed,
    int Steps,
    double MeanIou,
    double Loss,
    double Seconds,
    string Processor,
    string Commit
)
{
    /// <summary>Which training it is.</summary>
    public Trial Trial => new(Network, Seed, Steps);
}

/// <summary>A training to be done.</summary>
/// <param name="Network">Its network's name.</param>
/// <param name="Seed">Of weights, order and augmentation.</param>
/// <param name="Steps">Its length.</param>
internal readonly record struct Trial(string Network, int Seed, int Steps);
