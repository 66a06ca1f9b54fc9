namespace FasterSeg.Latency.Spaces;

/// <summary>
/// Which convolutions an operator has, in the order in which they are applied. Random weights, the checks of given ones and
/// the counting of parameters all ask here.
/// </summary>
public static class OperatorWeightShapes
{
    /// <summary>The widest head input that its 3x3 convolution keeps; a wider one is halved (released code).</summary>
    private const int WidestHead = 256;

    /// <summary>The convolutions of an operator; empty for an upsampling and a concatenation.</summary>
    public static IReadOnlyList<ConvolutionShape> Of(OperatorSpec spec)
    {
        (int from, int to) = (spec.InChannels, spec.OutChannels);
        return spec.Kind switch
        {
            // The factorized reduction: one half of the output from the even pixels, the other from the odd ones.
            OperatorKind.Skip when spec.Stride == 2 => [new(1, from, to / 2), new(1, from, to - (to / 2))],
            OperatorKind.Skip or OperatorKind.Arm or OperatorKind.Fusion => [new(1, from, to)],
            OperatorKind.Conv or OperatorKind.ZoomedConv or OperatorKind.Stem or OperatorKind.Refine => [new(3, from, to)],
            OperatorKind.Conv2x or OperatorKind.ZoomedConv2x => [new(3, from, to), new(3, to, to)],
            OperatorKind.Head => [new(3, from, HeadMiddle(from)), new(1, HeadMiddle(from), to, HasNorm: false)],
            OperatorKind.Upsample or OperatorKind.Concat => [],
            _ => throw new ArgumentException($"There is no operator kind {spec.Kind}.", nameof(spec)),
        };
    }

    /// <summary>Channels between a head's two convolutions.</summary>
    /// <param name="inChannels">Channels of the head's input.</param>
    public static int HeadMiddle(int inChannels) => inChannels <= WidestHead ? inChannels : inChannels / 2;

    /// <summary>Trainable parameters of an operator: kernels, norms and biases.</summary>
    public static long ParameterCount(OperatorSpec spec) => Of(spec).Sum(shape => shape.ParameterCount);

    /// <summary>Multiplications of an operator for one picture: its kernels' weights times the positions at which they are applied. A
    /// zoomed convolution's map is half as large in both directions, where its stride has not made it so already. 0 for a part without a
    /// convolution.</summary>
    public static double Multiplications(OperatorSpec spec)
    {
        double output = (double)spec.OutHeight * spec.OutWidth;
        bool zoomed = spec is { Kind: OperatorKind.ZoomedConv or OperatorKind.ZoomedConv2x, Stride: 1 };
        return Of(spec).Sum(shape => shape.WeightCount) * (zoomed ? output / 4 : output);
    }
}
