namespace FasterSeg.Search.Searching;

/// <summary>A whole search, from training to the networks that come out of it.</summary>
public interface ISearch : IDisposable
{
    /// <summary>Takes everything to the run's checkpoint.</summary>
    /// <exception cref="Latency.UserErrorException">It is damaged, or of another space or method.</exception>
    void Resume();

    /// <summary>Whether all that it trains is trained: what is left is to choose.</summary>
    bool IsTrained { get; }

    /// <summary>Runs what is left and writes both networks to the run folder.</summary>
    /// <returns>For teacher and student the network that wins, and the other.</returns>
    IReadOnlyList<RoleChoice> Run(CancellationToken cancellation);
}
