using FasterSeg.Search.Collectives;
using FasterSeg.Search.Training;

namespace FasterSeg.Search.Client.Commands;

/// <summary>This process among those that <c>mpirun</c> has started together for one command.</summary>
/// <param name="place">Where it stands.</param>
/// <param name="interrupt">Ends the command as an interruption by the user does.</param>
public sealed class RankSession(RankPlace place, Action interrupt)
{
    private MpiCollective? joined;

    /// <summary>Where it stands.</summary>
    public RankPlace Place => place;

    /// <summary>Whether it has joined the others.</summary>
    public bool HasJoined => joined is not null;

    /// <summary>Joins the others; waits for them.</summary>
    /// <exception cref="Latency.UsageException">Open MPI's library cannot be used.</exception>
    public ICollective Join() => joined ??= MpiCollective.Join();

    /// <summary>Joins the others, to lead them.</summary>
    /// <inheritdoc cref="Join"/>
    public RankLead Lead() => new(Join(), interrupt);

    /// <summary>Leaves them, if it has joined; waits until all do.</summary>
    public void Leave() => joined?.Leave();
}
