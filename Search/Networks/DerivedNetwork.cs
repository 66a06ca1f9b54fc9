using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Search.Networks.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace FasterSeg.Search.Networks;

/// <summary>
/// A derived network as a trainable module: image [N, 3, H, W] to logits [N, classes, H/8, W/8]; H and W multiples of 32.
/// Its parameters are named as in the published checkpoints.
/// </summary>
public sealed class DerivedNetwork : nn.Module<Tensor, Tensor>
{
    // The structure is the same at every size; forward goes by the maps that it gets.
    private readonly NetworkPlan plan;
    private readonly nn.Module?[] partModules;
    private readonly AuxiliaryHeads? heads;

    /// <summary>Makes the network, its weights drawn from torch's generator.</summary>
    /// <param name="architecture">The network.</param>
    /// <param name="auxiliary">Also the auxiliary heads that only training needs.</param>
    public DerivedNetwork(DerivedArchitecture architecture, bool auxiliary = false)
        : base(nameof(DerivedNetwork))
    {
        plan = NetworkPlan.Of(architecture, SearchSpace.SideMultiple, SearchSpace.SideMultiple);
        partModules = [.. plan.Parts.Select(part => PartModule.Create(part.Spec))];
        foreach ((NetworkPart part, nn.Module module) in Parts)
            ModuleTree.Register(this, part.Name, module);
        if (!auxiliary)
            return;
        heads = new AuxiliaryHeads(plan);
        register_module("auxiliary", heads);
    }

    /// <summary>The network as data.</summary>
    public DerivedArchitecture Architecture => plan.Architecture;

    /// <summary>Every part with weights and its module, in the order of the plan.</summary>
    public IEnumerable<(NetworkPart Part, nn.Module Module)> Parts =>
        plan.Parts.Zip(partModules).Where(pair => pair.Second is not null).Select(pair => (pair.First, pair.Second!));

    /// <summary>Number of trainable parameters without the auxiliary heads.</summary>
    public long ParameterCount => Parts.Sum(part => part.Module.parameters().Sum(parameter => parameter.numel()));

    /// <summary>A copy on a device, in the same mode. Nothing is drawn from torch's generator.</summary>
    /// <param name="device">Where it shall live.</param>
    public DerivedNetwork CopyTo(Device device)
    {
        using Tensor random = get_rng_state();
        var copy = new DerivedNetwork(Architecture, heads is not null);
        set_rng_state(random);
        copy.to(device);
        copy.train(training);
        copy.Take(this);
        return copy;
    }

    /// <summary>Takes another one's parameters and statistics. Auxiliary heads that it lacks stay as they are.</summary>
    /// <param name="from">Of the same architecture, without auxiliary heads where this one has none.</param>
    public void Take(DerivedNetwork from)
    {
        using IDisposable noGradient = no_grad();
        Dictionary<string, Tensor> into = state_dict();
        foreach ((string name, Tensor tensor) in from.state_dict())
            into[name].copy_(tensor);
    }

    /// <summary>Image to logits at 1/8.</summary>
    public override Tensor forward(Tensor image)
    {
        using var scope = NewDisposeScope();
        return Run(image)[^1].MoveToOuterDisposeScope();
    }

    /// <summary>Image to the logits of the network and of its auxiliary heads, all at 1/8.</summary>
    /// <exception cref="InvalidOperationException">The network was made without them.</exception>
    public TrainingLogits ForwardWithAuxiliary(Tensor image)
    {
        if (heads is null)
            throw new InvalidOperationException("The network was made without auxiliary heads.");
        using var scope = NewDisposeScope();
        Tensor[] maps = Run(image);
        (Tensor at16, Tensor at32) = heads.Forward(maps);
        return new TrainingLogits(maps[^1].MoveToOuterDisposeScope(), at16.MoveToOuterDisposeScope(), at32.MoveToOuterDisposeScope());
    }

    /// <summary>
    /// Every parameter and buffer (auxiliary heads left out) under each of its names in a published checkpoint: a shared
    /// cell's occur under both branches.
    /// </summary>
    public IEnumerable<(string Name, Tensor Tensor)> CheckpointTensors() =>
        from part in Parts
        from prefix in part.Part.CheckpointPrefixes
        from named in part
            .Module.named_parameters()
            .Select(p => (p.name, Tensor: (Tensor)p.parameter))
            .Concat(part.Module.named_buffers().Select(b => (b.name, Tensor: b.buffer)))
        select ($"{prefix}.{named.name}", named.Tensor);

    /// <summary>The outputs of all parts.</summary>
    private Tensor[] Run(Tensor image)
    {
        // All maps get the layout of the image.
        image = ChannelsLast.Of(image);
        var maps = new Tensor[plan.Parts.Count];
        for (int i = 0; i < maps.Length; i++)
        {
            NetworkPart part = plan.Parts[i];
            Tensor[] inputs = [.. part.Inputs.Select(input => input == NetworkPlan.Image ? image : maps[input])];
            maps[i] = PartModule.Run(part.Spec, partModules[i], inputs);
        }
        return maps;
    }
}
