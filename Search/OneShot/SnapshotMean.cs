using static TorchSharp.torch;

namespace FasterSeg.Search.OneShot;

/// <summary>The mean of a supernet's snapshots, weight by weight, in double precision.</summary>
internal static class SnapshotMean
{
    /// <summary>Averages some supernets of one space.</summary>
    /// <param name="into">One of them, which becomes the mean.</param>
    /// <param name="others">The others, each of which is disposed before the next one is asked for.</param>
    /// <returns><paramref name="into"/>.</returns>
    public static OneShotSupernet Of(OneShotSupernet into, IEnumerable<OneShotSupernet> others)
    {
        using IDisposable noGradient = no_grad();
        Dictionary<string, Tensor> mean = into.state_dict();
        var sums = mean.ToDictionary(pair => pair.Key, pair => pair.Value.to(ScalarType.Float64));
        int count = 1;
        foreach (OneShotSupernet other in others)
        {
            foreach ((string name, Tensor weight) in other.state_dict())
            {
                using Tensor precise = weight.to(ScalarType.Float64);
                sums[name].add_(precise);
            }
            other.Dispose();
            count++;
        }
        foreach ((string name, Tensor sum) in sums)
        {
            sum.div_(count);
            mean[name].copy_(sum);
            sum.Dispose();
        }
        return into;
    }
}
