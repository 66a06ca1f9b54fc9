using FasterSeg.Latency.Networks;
using FasterSeg.Search.Collectives;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;

namespace FasterSeg.Search.Training;

/// <summary>The first rank's side of a training in several processes: it alone reads and writes the run, and tells the others what to
/// do. When it is disposed of, they end.</summary>
/// <param name="ranks">All ranks.</param>
/// <param name="interrupt">Called where the user wants another rank to end.</param>
public sealed class RankLead(ICollective ranks, Action interrupt) : IDisposable
{
    // The others wait for nothing more.
    private bool ended;

    /// <summary>How many ranks there are, this one among them.</summary>
    public int Count => ranks.Size;

    /// <summary>All ranks.</summary>
    internal ICollective Ranks => ranks;

    /// <summary>Has the others make ready, and waits until they are. Before anything of the training is written.</summary>
    /// <param name="options">The configuration in force.</param>
    /// <param name="data">The images, as they were opened.</param>
    /// <param name="network">What is trained.</param>
    /// <param name="teacher">What it learns from; null without.</param>
    /// <exception cref="RankFailedException">One cannot take part.</exception>
    public void Begin(FasterSegOptions options, SegmentationDataset data, DerivedArchitecture network, DerivedArchitecture? teacher)
    {
        string task = RankTask.Of(options, data, network, teacher).Write();
        Tell(RankCommandKind.Begin);
        ranks.Broadcast(task);
        Together(() =>
        {
            RankStep.Ready(ranks, fault: null);
            return true;
        });
    }

    /// <summary>Tells the others what comes next.</summary>
    internal void Tell(RankCommandKind kind, BatchPosition at = default) => RankCommand.Broadcast(ranks, new(kind, at));

    /// <summary>Does something whose failure every rank hears of by itself.</summary>
    internal T Together<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch
        {
            ended = true;
            throw;
        }
    }

    /// <summary>Passes on that the user wants another rank to end.</summary>
    internal void Interrupt() => interrupt();

    /// <summary>Ends the others.</summary>
    public void Dispose()
    {
        if (ended)
            return;
        ended = true;
        Tell(RankCommandKind.End);
    }
}
