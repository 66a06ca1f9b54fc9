using FasterSeg.Latency.Networks;
using FasterSeg.Search.Networks.Layers;
using static TorchSharp.torch;

namespace FasterSeg.Search.Networks;

/// <summary>
/// The heads that only training has (as in the released code): one on the deep branch's last map, one on the branches' last
/// maps at 1/16 side by side. A branch that ends at 1/8 adds nothing to them.
/// </summary>
internal sealed class AuxiliaryHeads : nn.Module
{
    private readonly int map32;
    private readonly int[] maps16;
    private readonly HeadModule heads16;
    private readonly HeadModule heads32;

    public AuxiliaryHeads(NetworkPlan plan)
        : base(nameof(AuxiliaryHeads))
    {
        map32 = plan.LastMap(branch: 0, scale: 2);
        maps16 = plan.Architecture.Shallow.LastScale == 16 ? [plan.LastMap(0, 1), plan.LastMap(1, 1)] : [plan.LastMap(0, 1)];
        int classes = plan.Architecture.Classes;
        heads16 = new HeadModule(maps16.Sum(map => plan.Parts[map].Spec.OutChannels), classes);
        heads32 = new HeadModule(plan.Parts[map32].Spec.OutChannels, classes);
        register_module("heads16", heads16);
        register_module("heads32", heads32);
    }

    /// <summary>The outputs of all parts to the logits of both heads, enlarged to 1/8.</summary>
    public (Tensor At16, Tensor At32) Forward(Tensor[] maps) =>
        (
            Bilinear.Enlarge(heads16.forward(cat([.. maps16.Select(map => maps[map])], 1)), 2),
            Bilinear.Enlarge(heads32.forward(maps[map32]), 4)
        );
}
