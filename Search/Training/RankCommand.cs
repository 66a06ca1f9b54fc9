using System.Runtime.InteropServices;
using FasterSeg.Search.Collectives;
using FasterSeg.Search.Data;

namespace FasterSeg.Search.Training;

/// <summary>What the first rank tells the others to do next. Everything between ranks begins with one, so that whatever ends the first one
/// ends the others too, wherever they wait.</summary>
/// <param name="Kind">What.</param>
/// <param name="At">The step, of <see cref="RankCommandKind.Step"/>.</param>
internal readonly record struct RankCommand(RankCommandKind Kind, BatchPosition At = default)
{
    /// <summary>Tells it, or is told it.</summary>
    public static RankCommand Broadcast(ICollective ranks, RankCommand told = default)
    {
        Span<int> numbers = [(int)told.Kind, told.At.Epoch, told.At.Step];
        ranks.Broadcast(MemoryMarshal.AsBytes(numbers));
        return new((RankCommandKind)numbers[0], new(numbers[1], numbers[2]));
    }
}

/// <summary>Kinds of <see cref="RankCommand"/>.</summary>
internal enum RankCommandKind
{
    /// <summary>There is nothing more to do.</summary>
    End,

    /// <summary>Make ready for a training; a <see cref="RankTask"/> follows, and everybody's readiness.</summary>
    Begin,

    /// <summary>Take the teacher's weights.</summary>
    Teacher,

    /// <summary>Take the network's weights.</summary>
    Weights,

    /// <summary>Compute the gradients of this rank's slice of a step's batch.</summary>
    Step,
}
