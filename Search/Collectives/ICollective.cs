namespace FasterSeg.Search.Collectives;

/// <summary>What processes that compute one thing together say to each other. All of them make the same calls with the same sizes in the
/// same order, and each call waits for the others.</summary>
public interface ICollective
{
    /// <summary>Number of this process, from 0. The first one tells the others what to do.</summary>
    int Rank { get; }

    /// <summary>Number of processes.</summary>
    int Size { get; }

    /// <summary>Replaces values by their sums over all processes, added in the order of ranks: ((0 + 1) + 2) + 3. So the same bits come out
    /// wherever the processes run and however messages travel.</summary>
    /// <param name="values">As many in each process.</param>
    void Sum(Span<float> values);

    /// <summary>Tells every process a few numbers of each.</summary>
    /// <param name="values">As many in each process.</param>
    /// <returns>By rank.</returns>
    double[][] Gather(ReadOnlySpan<double> values);

    /// <summary>Replaces bytes by those of the first process.</summary>
    /// <param name="bytes">As many in each process.</param>
    void Broadcast(Span<byte> bytes);
}
