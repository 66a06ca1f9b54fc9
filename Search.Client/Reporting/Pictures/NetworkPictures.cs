using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Data;
using FasterSeg.Search.Runs;

namespace FasterSeg.Search.Client.Reporting.Pictures;

/// <summary>Puts the pictures of derived networks where they are looked at: the run's folder, and TensorBoard.</summary>
public sealed class NetworkPictures : INetworkPictures
{
    /// <summary>Writes <c>ROLE.png</c> (path and widths) and <c>ROLE-operators.png</c> into a run's folder.</summary>
    /// <exception cref="Latency.UserErrorException">A file cannot be written.</exception>
    /// <exception cref="MissingLatencyException">The table lacks a part of the network.</exception>
    public void Save(RunFolder run, NetworkPlan plan, LatencyTable table)
    {
        NetworkEstimate estimate = NetworkEstimate.Of(table, plan);
        ImageFile.WritePng(run.PathPicture(plan.Architecture.Role), PathPicture.Draw(plan, estimate));
        ImageFile.WritePng(run.OperatorPicture(plan.Architecture.Role), OperatorPicture.Draw(plan, estimate));
    }

    /// <summary>Adds both pictures to the log of a phase, as <c>path/ROLE_32_8</c> and <c>operators/ROLE_32_8</c>.</summary>
    /// <exception cref="MissingLatencyException">The table lacks a part of the network.</exception>
    public void Log(ScalarLog log, BatchPosition at, NetworkPlan plan, LatencyTable table)
    {
        NetworkEstimate estimate = NetworkEstimate.Of(table, plan);
        string name = FormattableString.Invariant(
            $"{plan.Architecture.Role.Name()}_{plan.Architecture.Deep.LastScale}_{plan.Architecture.Shallow.LastScale}"
        );
        log.AddImage(at, "path/" + name, PathPicture.Draw(plan, estimate));
        log.AddImage(at, "operators/" + name, OperatorPicture.Draw(plan, estimate));
    }
}
