namespace FasterSeg.Latency.Spaces;

/// <summary>
/// One operator as it is measured, searched and deployed: what it computes, on which map, from and to how many channels.
/// </summary>
/// <param name="Kind">What is computed.</param>
/// <param name="Height">Rows of the input map.</param>
/// <param name="Width">Columns of the input map.</param>
/// <param name="InChannels">Channels of the input map; of a concatenation, of its first input.</param>
/// <param name="OutChannels">Channels of the output map.</param>
/// <param name="Stride">1 or 2, by which the output map is smaller; of an upsampling, the factor by which it is larger.</param>
public sealed record OperatorSpec(OperatorKind Kind, int Height, int Width, int InChannels, int OutChannels, int Stride = 1)
{
    /// <summary>True for the five operators that the paper searches over.</summary>
    public bool IsSearched => Kind <= OperatorKind.ZoomedConv2x;

    /// <summary>
    /// True where the latency is 0 by definition: a stride-1 skip, which no derived network contains, so there is nothing to measure.
    /// </summary>
    public bool IsZeroByDefinition => Kind == OperatorKind.Skip && Stride == 1;

    /// <summary>Kernel size of a fixed part's (first) convolution, 0 where the part has none or the operator is a searched one.</summary>
    public int Kernel =>
        Kind switch
        {
            OperatorKind.Stem or OperatorKind.Refine or OperatorKind.Head => 3,
            OperatorKind.Arm or OperatorKind.Fusion => 1,
            _ => 0,
        };

    /// <summary>Rows of the output map; an odd side is rounded up by stride 2, for every operator alike.</summary>
    public int OutHeight => Resized(Height);

    /// <summary>Columns of the output map.</summary>
    public int OutWidth => Resized(Width);

    /// <summary>Channels of a concatenation's second input.</summary>
    public int SecondInChannels => Kind == OperatorKind.Concat ? OutChannels - InChannels : 0;

    /// <summary>The canonical key, e.g. <c>zoomed_conv_2x h64 w128 c96-192 s2</c>; see <see cref="OperatorKey"/>.</summary>
    public override string ToString() => OperatorKey.Format(this);

    private int Resized(int side) => Kind == OperatorKind.Upsample ? side * Stride : (side + Stride - 1) / Stride;
}
