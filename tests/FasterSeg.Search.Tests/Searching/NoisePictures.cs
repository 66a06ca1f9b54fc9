using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Numbers;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Data;
using FasterSeg.Search.Runs;

namespace FasterSeg.Search.Tests.Searching;

/// <summary>Pictures whose bytes depend on the network and its latency, and on nothing else.</summary>
internal sealed class NoisePictures : INetworkPictures
{
    public void Save(RunFolder run, NetworkPlan plan, LatencyTable table)
    {
        ImageFile.WritePng(run.PathPicture(plan.Architecture.Role), Noise(plan, table, 1));
        ImageFile.WritePng(run.OperatorPicture(plan.Architecture.Role), Noise(plan, table, 2));
    }

    public void Log(ScalarLog log, BatchPosition at, NetworkPlan plan, LatencyTable table)
    {
        string name = FormattableString.Invariant(
            $"{plan.Architecture.Role.Name()}_{plan.Architecture.Deep.LastScale}_{plan.Architecture.Shallow.LastScale}"
        );
        log.AddImage(at, "path/" + name, Noise(plan, table, 1));
        log.AddImage(at, "operators/" + name, Noise(plan, table, 2));
    }

    private static RgbImage Noise(NetworkPlan plan, LatencyTable table, int kind)
    {
        var picture = new RgbImage(64, 64);
        var random = new StableRandom(BitConverter.DoubleToInt64Bits(NetworkEstimate.Of(table, plan).TotalMs).GetHashCode() + kind);
        for (int i = 0; i < picture.Pixels.Length; i++)
            picture.Pixels[i] = (byte)(256 * random.NextDouble());
        return picture;
    }
}
