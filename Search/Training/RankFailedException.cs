using FasterSeg.Latency;

namespace FasterSeg.Search.Training;

/// <summary>Another rank cannot go on, and says why itself.</summary>
/// <param name="rank">Its number.</param>
/// <param name="size">How many there are.</param>
public sealed class RankFailedException(int rank, int size)
    : UserErrorException(
        FormattableString.Invariant($"Rank {rank} of {size} (0 to {size - 1}) cannot go on and says why in a line of its own; all end.")
    );
