using FasterSeg.Latency.Spaces;

namespace FasterSeg.Latency.Networks;

/// <summary>Walks a derived network once and lists its parts: stem, cells, refinement of each branch, fusion, head.</summary>
internal sealed class NetworkPlanner(DerivedArchitecture architecture, int height, int width)
{
    private static readonly int[] Both = [0, 1];

    private readonly List<NetworkPart> parts = [];
    private readonly int[,] lastMaps = new int[2, 3];

    public NetworkPlan Plan(bool full)
    {
        AddCells(AddStem());
        int fused = Add(
            OperatorKind.Concat,
            "ffm.concat",
            Both,
            2 * Channels(0, architecture.HeadRatio),
            1,
            AddRefinement(0),
            AddRefinement(1)
        );
        fused = Add(OperatorKind.Fusion, "ffm", Both, OutChannels(fused), 1, fused);
        int logits = Add(OperatorKind.Head, "heads8", Both, architecture.Classes, 1, fused);
        if (full)
            Add(OperatorKind.Upsample, "upsample", Both, architecture.Classes, 8, logits);
        return new NetworkPlan(architecture, height, width, parts, lastMaps);
    }

    private int AddStem()
    {
        int quarter = architecture.Channels(4, architecture.StemRatio),
            eighth = Channels(0, architecture.StemRatio);
        int map = Add(OperatorKind.Stem, "stem.0", Both, quarter, 2, NetworkPlan.Image);
        map = Add(OperatorKind.Conv2x, "stem.1", Both, eighth, 2, map);
        return Add(OperatorKind.Conv2x, "stem.2", Both, eighth, 2, map);
    }

    private void AddCells(int stem)
    {
        int[] current = [stem, stem];
        lastMaps[0, 0] = lastMaps[1, 0] = stem;
        int[][] shared = [Both],
            separate =

            [
                [0],
                [1],
            ];
        for (int layer = 0; layer < architecture.Branches.Max(branch => branch.Layers); layer++)
        {
            foreach (int[] users in layer < architecture.SharedLayers ? shared : separate)
            {
                BranchArchitecture branch = architecture.Branches[users[0]];
                if (layer >= branch.Layers)
                    continue;
                int stride = branch.Stride(layer),
                    scale = branch.Path[layer] + stride - 1;
                int map = Add(
                    branch.Operators[layer],
                    NetworkPart.CellName(layer, users[0]),
                    users,
                    Channels(scale, architecture.OutputRatio(branch, layer)),
                    stride,
                    current[users[0]]
                );
                parts[map] = parts[map] with { Layer = layer };
                foreach (int user in users)
                    current[user] = lastMaps[user, scale] = map;
            }
        }
    }

    /// <summary>
    /// From a branch's last map up to 1/8, one scale at a time: arm, x2, concatenation with the branch's last map there,
    /// refinement. A branch that ends at 1/8 needs none.
    /// </summary>
    private int AddRefinement(int branch)
    {
        int last = architecture.Branches[branch].Path[^1];
        int map = lastMaps[branch, last];
        for (int scale = last - 1; scale >= 0; scale--)
        {
            string place = last == 2 ? $"32.{1 - scale}" : "16";
            int channels = Channels(scale, architecture.HeadRatio),
                finer = lastMaps[branch, scale];
            map = Add(OperatorKind.Arm, $"arms{place}", [branch], channels, 1, map);
            map = Add(OperatorKind.Upsample, $"arms{place}.upsample", [branch], channels, 2, map);
            map = Add(OperatorKind.Concat, $"refines{place}.concat", [branch], channels + OutChannels(finer), 1, map, finer);
            map = Add(OperatorKind.Refine, $"refines{place}", [branch], channels, 1, map);
        }
        return map;
    }

    /// <summary>Adds a part; the shape of its (first) input is the shape of the part that it reads.</summary>
    private int Add(OperatorKind kind, string name, int[] branches, int outChannels, int stride, params int[] inputs)
    {
        OperatorSpec? from = inputs[0] == NetworkPlan.Image ? null : parts[inputs[0]].Spec;
        var spec = new OperatorSpec(kind, from?.OutHeight ?? height, from?.OutWidth ?? width, from?.OutChannels ?? 3, outChannels, stride);
        parts.Add(new NetworkPart(spec, name, inputs, branches));
        return parts.Count - 1;
    }

    private int OutChannels(int part) => parts[part].Spec.OutChannels;

    private int Channels(int scale, double ratio) => architecture.Channels(SearchSpace.Scales[scale], ratio);
}
