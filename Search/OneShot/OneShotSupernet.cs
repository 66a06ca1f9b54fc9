using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Search.Networks;
using FasterSeg.Search.Networks.Layers;
using static TorchSharp.torch;

namespace FasterSeg.Search.OneShot;

/// <summary>
/// Shared weights of every student of a space, for passes of one network at a time (Guo et al., 2020). A pass is the derived network's own
/// graph (<see cref="NetworkPlan"/>): no mixture, no head that the network does not have. Each part takes its slice of the widest version
/// (slimmable, as in the paper's Section 3.1).
/// </summary>
public sealed class OneShotSupernet : nn.Module
{
    private readonly int[][] widths;
    private readonly Dictionary<string, nn.Module> parts = [];

    /// <summary>Makes the supernet with weights drawn from torch's generator.</summary>
    /// <param name="space">The space.</param>
    /// <param name="role">Whose stem and head widths count.</param>
    public OneShotSupernet(SearchSpace space, Role role = Role.Student)
        : base(nameof(OneShotSupernet))
    {
        widths = [.. SearchSpace.Scales.Select(scale => space.WidthRatios.Select(ratio => space.Channels(scale, ratio)).ToArray())];
        double stem = space.StemRatio(role),
            head = space.HeadRatio(role);
        int c8 = space.Channels(8, head),
            c16 = space.Channels(16, head),
            c32 = space.Channels(32, head),
            full8 = space.Channels(8, space.FullRatio),
            full16 = space.Channels(16, space.FullRatio);
        int quarter = space.Channels(4, stem),
            eighth = space.Channels(8, stem);
        Add("stem.0", new ConvNormRelu(3, quarter, kernel: 3, stride: 2));
        Add("stem.1", CellOperator.Create(OperatorKind.Conv2x, quarter, [eighth], stride: 2));
        Add("stem.2", CellOperator.Create(OperatorKind.Conv2x, eighth, [eighth], stride: 2));
        for (int layer = 0; layer < space.Layers; layer++)
        {
            for (int scale = 0; scale < Supernet.ScalesAt(layer); scale++)
            {
                foreach (int stride in scale < 2 ? new[] { 1, 2 } : [1])
                foreach (OperatorKind kind in SearchSpace.SearchedKinds)
                    // A stride-1 skip is no part of any network.
                    if (kind != OperatorKind.Skip || stride != 1)
                        Add(
                            CellName(layer, scale, stride, kind),
                            CellOperator.Create(kind, widths[scale][^1], widths[scale + stride - 1], stride)
                        );
            }
        }
        // A refinement reads the finer map at whatever width it has, up to the widest.
        Add("arms16", new ConvNormRelu(c16, c8, 1));
        Add("refines16", new ConvNormRelu(c8 + full8, c8, 3));
        Add("arms32.0", new ConvNormRelu(c32, c16, 1));
        Add("refines32.0", new ConvNormRelu(c16 + full16, c16, 3));
        Add("arms32.1", new ConvNormRelu(c16, c8, 1));
        Add("refines32.1", new ConvNormRelu(c8 + full8, c8, 3));
        Add("ffm", new FusionModule(2 * c8));
        Add("heads8", new HeadModule(2 * c8, space.Classes));
    }

    /// <summary>One pass of one network: image [N, 3, H, W] to logits [N, classes, H/8, W/8].</summary>
    /// <param name="image">The image, both sides multiples of 32.</param>
    /// <param name="network">A network of the space; its plan may be of any size, as only its parts matter.</param>
    public Tensor Forward(Tensor image, NetworkPlan network)
    {
        using IDisposable scope = NewDisposeScope();
        image = ChannelsLast.Of(image);
        var maps = new Tensor[network.Parts.Count];
        for (int i = 0; i < maps.Length; i++)
        {
            NetworkPart part = network.Parts[i];
            Tensor[] inputs = [.. part.Inputs.Select(input => input == NetworkPlan.Image ? image : maps[input])];
            maps[i] = Run(part, network, inputs);
        }
        return maps[^1].MoveToOuterDisposeScope();
    }

    /// <summary>The weights that a network uses, by the names of its parts; the rest has no gradient after its pass.</summary>
    public IEnumerable<string> PartsOf(NetworkPlan network) =>
        network.Parts.Select(part => NameOf(part, network)).OfType<string>().Distinct();

    /// <summary>A network with its slices of the shared weights and statistics, to train on or to evaluate.</summary>
    public DerivedNetwork Extract(DerivedArchitecture architecture)
    {
        var network = new DerivedNetwork(architecture);
        NetworkPlan plan = NetworkPlan.Of(architecture, SearchSpace.SideMultiple, SearchSpace.SideMultiple);
        using IDisposable noGradient = no_grad();
        foreach ((NetworkPart part, nn.Module module) in network.Parts)
        {
            Dictionary<string, Tensor> shared = parts[NameOf(part, plan)!].state_dict();
            // A norm of one width is a member of the norms of all.
            string? width = part.Layer is { } layer ? FormattableString.Invariant($".bn.{WidthOf(part, layer, plan)}.") : null;
            foreach ((string name, Tensor to) in module.state_dict())
            {
                int dot = name.LastIndexOf('.');
                Tensor from = shared.TryGetValue(name, out Tensor? same) ? same : shared[name[..dot] + width + name[(dot + 1)..]];
                for (int axis = 0; axis < to.dim(); axis++)
                    from = from.narrow(axis, 0, to.shape[axis]);
                to.copy_(from);
            }
        }
        return network;
    }

    private Tensor Run(NetworkPart part, NetworkPlan network, Tensor[] inputs)
    {
        if (NameOf(part, network) is not { } name)
            return PartModule.Run(part.Spec, module: null, inputs);
        if (part.Layer is not { } layer)
            return PartModule.Run(part.Spec, parts[name], inputs);
        return ((CellOperator)parts[name]).forward(inputs[0], WidthOf(part, layer, network));
    }

    /// <summary>The place of a cell's output among the widths of its scale.</summary>
    private int WidthOf(NetworkPart part, int layer, NetworkPlan network) =>
        Array.IndexOf(widths[ScaleOf(part, layer, network) + part.Spec.Stride - 1], part.Spec.OutChannels);

    private string? NameOf(NetworkPart part, NetworkPlan network)
    {
        if (part.Spec.Kind is OperatorKind.Upsample or OperatorKind.Concat)
            return null;
        if (part.Layer is not { } layer)
            return part.Name;
        return CellName(layer, ScaleOf(part, layer, network), part.Spec.Stride, part.Spec.Kind);
    }

    private static int ScaleOf(NetworkPart part, int layer, NetworkPlan network) =>
        network.Architecture.Branches[part.Branches[0]].Path[layer];

    private static string CellName(int layer, int scale, int stride, OperatorKind kind) =>
        FormattableString.Invariant($"cells.{layer}.{SearchSpace.Scales[scale]}.s{stride}.{OperatorKey.NameOf(kind)}");

    private void Add(string name, nn.Module module)
    {
        parts.Add(name, module);
        ModuleTree.Register(this, name, module);
    }
}
