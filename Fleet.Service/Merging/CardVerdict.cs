namespace FasterSeg.Fleet.Service.Merging;

/// <summary>Whether a card's numbers join its pool's.</summary>
internal enum CardAnswer
{
    /// <summary>They are the reference's: no factor can be told from 1.</summary>
    Merged,

    /// <summary>They are the reference's times one factor.</summary>
    MergedWithFactor,

    /// <summary>It is not clear yet: further operators are to be measured.</summary>
    NeedsMore,

    /// <summary>They are other numbers.</summary>
    Refused,
}

/// <summary>What came of comparing a card with its pool's reference.</summary>
/// <param name="Answer">Whether its numbers join.</param>
/// <param name="Factor">Its latencies over the reference's; exactly 1 where it is merged without a factor, and where nothing could be
/// compared.</param>
/// <param name="FactorError">The factor's standard error, as a share; 0 where nothing could be compared.</param>
/// <param name="Reason">Why it is refused, or not clear yet, in a sentence; empty where it is merged.</param>
/// <param name="Compared">How many operators could be compared.</param>
internal sealed record CardVerdict(CardAnswer Answer, double Factor, double FactorError, string Reason, int Compared)
{
    /// <summary>Whether the card's numbers join its pool's.</summary>
    public bool IsMerged => Answer is CardAnswer.Merged or CardAnswer.MergedWithFactor;
}
