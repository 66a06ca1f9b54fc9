namespace FasterSeg.Search.OneShot;

/// <summary>How good a network is with shared weights.</summary>
/// <param name="Loss">Mean cross-entropy of the held-out pixels: the smaller, the better.</param>
/// <param name="MeanIou">Of the same pixels, in [0, 1].</param>
public readonly record struct NetworkScore(double Loss, double MeanIou)
{
    /// <summary>What the score is the mean of; null where it is a single one.</summary>
    public IReadOnlyList<PartScore>? Parts { get; init; }

    /// <summary>The mean of some scores; a single one stays as it is.</summary>
    public static NetworkScore MeanOf(IReadOnlyList<PartScore> parts) =>
        parts.Count == 1
            ? new(parts[0].Loss, parts[0].MeanIou)
            : new(parts.Average(part => part.Loss), parts.Average(part => part.MeanIou)) { Parts = parts };
}

/// <summary>A network's score by one set of shared weights.</summary>
/// <param name="Supernet">Number of the supernet, from 1.</param>
/// <param name="Snapshot">Number of its snapshot, from 1; null where the supernet has one set of weights.</param>
/// <param name="Loss">See <see cref="NetworkScore.Loss"/>.</param>
/// <param name="MeanIou">See <see cref="NetworkScore.MeanIou"/>.</param>
public sealed record PartScore(int Supernet, int? Snapshot, double Loss, double MeanIou);
