using FasterSeg.Latency.Spaces;

namespace FasterSeg.Latency.Networks;

/// <summary>
/// The parts of a derived network in the order in which they run, for one input size. The trainable module, the ONNX export,
/// the latency estimate and the printed listing all follow this one walk.
/// </summary>
public sealed class NetworkPlan
{
    /// <summary>The input "part" that is the image.</summary>
    public const int Image = -1;

    private readonly int[,] lastMaps;

    internal NetworkPlan(DerivedArchitecture architecture, int height, int width, IReadOnlyList<NetworkPart> parts, int[,] lastMaps)
    {
        (Architecture, Height, Width, Parts, this.lastMaps) = (architecture, height, width, parts, lastMaps);
    }

    /// <summary>The network.</summary>
    public DerivedArchitecture Architecture { get; }

    /// <summary>Rows of the image.</summary>
    public int Height { get; }

    /// <summary>Columns of the image.</summary>
    public int Width { get; }

    /// <summary>The parts; the last one's output is the network's.</summary>
    public IReadOnlyList<NetworkPart> Parts { get; }

    /// <summary>Plans a network.</summary>
    /// <param name="architecture">The network.</param>
    /// <param name="height">Rows of the image, a multiple of 32.</param>
    /// <param name="width">Columns of the image, a multiple of 32.</param>
    /// <param name="full">Also the x8 upsampling of the logits.</param>
    /// <exception cref="UserErrorException">The architecture is no network or the size no multiple of 32.</exception>
    public static NetworkPlan Of(DerivedArchitecture architecture, int height, int width, bool full = false)
    {
        if (height <= 0 || width <= 0 || height % SearchSpace.SideMultiple != 0 || width % SearchSpace.SideMultiple != 0)
            throw new UserErrorException(
                $"A network cannot run at {height}x{width}: both sides must be multiples of {SearchSpace.SideMultiple}."
            );
        return new NetworkPlanner(architecture.Validated(), height, width).Plan(full);
    }

    /// <summary>Plans a network for the images of a space.</summary>
    /// <param name="architecture">The network.</param>
    /// <param name="space">The space, whose height and width count.</param>
    /// <param name="full">Also the x8 upsampling of the logits.</param>
    /// <exception cref="UserErrorException">The architecture is no network.</exception>
    public static NetworkPlan Of(DerivedArchitecture architecture, SearchSpace space, bool full = false) =>
        Of(architecture, space.Height, space.Width, full);

    /// <summary>The part whose output is a branch's last map at a scale (0, 1, 2 for 1/8, 1/16, 1/32); at 1/8 it may be the
    /// stem's.</summary>
    public int LastMap(int branch, int scale) => lastMaps[branch, scale];

    /// <summary>The plan as rows to print.</summary>
    public IEnumerable<NetworkRow> Rows() =>
        Parts.Select(part => new NetworkRow(
            part.Layer is int layer ? $"layer {layer}" : part.Name,
            Height / part.Spec.Height,
            OperatorKey.NameOf(part.Spec.Kind)
                + (
                    part.Spec.Stride == 1 ? ""
                    : part.Spec.Kind == OperatorKind.Upsample ? $" x{part.Spec.Stride}"
                    : $" s{part.Spec.Stride}"
                ),
            $"{part.Spec.InChannels}-{part.Spec.OutChannels}",
            string.Join(' ', part.Branches.Select(branch => Architecture.Branches[branch].LastScale + "s"))
        ));
}
