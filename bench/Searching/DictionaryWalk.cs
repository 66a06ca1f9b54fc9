using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using static TorchSharp.torch;

namespace FasterSeg.Bench.Searching;

/// <summary>
/// The baseline: the expected latency cell by cell as the released code computes it, each operator looked up in a dictionary by the text of
/// its key and weighed with tensors of one element.
/// </summary>
internal sealed class DictionaryWalk
{
    private readonly SearchSpace space;
    private readonly Role role;
    private readonly Dictionary<string, double> latencies;
    private readonly double stemMs;

    public DictionaryWalk(LatencyTable table, SearchSpace space, Role role)
    {
        (this.space, this.role) = (space, role);
        latencies = table.Entries.ToDictionary(entry => OperatorKey.Format(entry.Spec), entry => entry.MedianMs, StringComparer.Ordinal);
        stemMs = space.Stem(space.StemRatio(role)).Sum(spec => table[spec]);
    }

    /// <summary>The sum over the three scales, ms.</summary>
    /// <param name="alpha">For each scale, [cells, 5].</param>
    /// <param name="beta">For scales 1 and 2, [cells - 1, 2].</param>
    /// <param name="widths">For each scale, [maps, R], one-hot: a sample.</param>
    public Tensor Of(IReadOnlyList<Tensor> alpha, IReadOnlyList<Tensor?> beta, IReadOnlyList<Tensor> widths)
    {
        int layers = space.Layers;
        var kept = new Tensor[layers, 3];
        var down = new Tensor[layers, 3];
        int[][] chosen = [.. widths.Select(maps => maps.argmax(1).data<long>().Select(index => (int)index).ToArray())];
        for (int layer = 0; layer < layers; layer++)
        {
            for (int s = 0; s <= Math.Min(layer, 2); s++)
            {
                int row = layer - s;
                Tensor before =
                    s == 0
                        ? layer == 0
                            ? tensor(stemMs, ScalarType.Float32)
                            : kept[layer - 1, 0]
                        : row == 0
                            ? down[layer - 1, s - 1]
                            : (beta[s]![row - 1, 1] * kept[layer - 1, s]) + (beta[s]![row - 1, 0] * down[layer - 1, s - 1]);
                kept[layer, s] = before + Mixed(layer, s, stride: 1);
                if (s < 2 && layer < layers - 1)
                    down[layer, s] = before + Mixed(layer, s, stride: 2);
            }
        }
        return kept[layers - 1, 0] + kept[layers - 1, 1] + kept[layers - 1, 2];

        Tensor Mixed(int layer, int s, int stride)
        {
            (double inRatio, Tensor? inScore) = Width(s, s == 0 ? layer - 1 : layer - s, space.StemRatio(role));
            bool last = layer == layers - 1;
            (double outRatio, Tensor? outScore) = last
                ? (space.HeadRatio(role), null)
                : Width(
                    stride == 1 ? s : s + 1,
                    stride == 2 ? layer - s
                        : s == 0 ? layer
                        : layer - s + 1,
                    0
                );
            int scale = SearchSpace.Scales[s];
            Tensor sum = tensor(0f);
            for (int o = 0; o < SearchSpace.SearchedKinds.Count; o++)
            {
                var spec = new OperatorSpec(
                    SearchSpace.SearchedKinds[o],
                    space.Height / scale,
                    space.Width / scale,
                    space.Channels(scale, inRatio),
                    space.Channels(scale * stride, outRatio),
                    stride
                );
                Tensor latency = alpha[s][layer - s, o] * latencies[OperatorKey.Format(spec)];
                if (inScore is not null)
                    latency = latency * inScore;
                if (outScore is not null)
                    latency = latency * outScore;
                sum = sum + latency;
            }
            return sum;
        }

        (double Ratio, Tensor? Score) Width(int scale, int map, double fixedRatio) =>
            map < 0 ? (fixedRatio, null) : (space.WidthRatios[chosen[scale][map]], widths[scale][map, chosen[scale][map]]);
    }
}
