using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Data;

namespace FasterSeg.Search.Runs;

/// <summary>Draws derived networks, for a run's folder and for TensorBoard. Whoever looks at pictures brings it along.</summary>
public interface INetworkPictures
{
    /// <summary>Writes the pictures of a network into a run's folder.</summary>
    /// <exception cref="Latency.UserErrorException">A file cannot be written.</exception>
    /// <exception cref="MissingLatencyException">The table lacks a part of the network.</exception>
    void Save(RunFolder run, NetworkPlan plan, LatencyTable table);

    /// <summary>Adds them to the log of a phase.</summary>
    /// <exception cref="MissingLatencyException">The table lacks a part of the network.</exception>
    void Log(ScalarLog log, BatchPosition at, NetworkPlan plan, LatencyTable table);
}
