namespace FasterSeg.Latency.Spaces;

/// <summary>
/// What an <see cref="OperatorSpec"/> computes. The first five are the operators the paper searches over (Section 3.1);
/// the others are the fixed parts of every network.
/// </summary>
public enum OperatorKind
{
    /// <summary>Stride 1: a (slimmable) 1x1 convolution in the supernet, nothing in a network. Stride 2: the factorized
    /// reduction.</summary>
    Skip = 0,

    /// <summary>One 3x3 convolution, norm, ReLU.</summary>
    Conv = 1,

    /// <summary>Half-size bilinear, 3x3 convolution, norm, bilinear back to size (stride 1 only), ReLU.</summary>
    ZoomedConv = 2,

    /// <summary>Two 3x3 convolutions, each with norm and ReLU; the first one has the stride.</summary>
    Conv2x = 3,

    /// <summary>Half-size bilinear, two 3x3 convolutions, bilinear back to size (stride 1 only), ReLU.</summary>
    ZoomedConv2x = 4,

    /// <summary>The image's first 3x3 convolution with norm and ReLU, stride 2.</summary>
    Stem = 5,

    /// <summary>1x1 convolution, norm, ReLU before an upsampling.</summary>
    Arm = 6,

    /// <summary>3x3 convolution, norm, ReLU after a concatenation.</summary>
    Refine = 7,

    /// <summary>1x1 convolution, norm, ReLU that joins two branches.</summary>
    Fusion = 8,

    /// <summary>3x3 convolution, norm, ReLU, then a 1x1 convolution with bias to the classes.</summary>
    Head = 9,

    /// <summary>Bilinear upsampling with aligned corners by <see cref="OperatorSpec.Stride"/>.</summary>
    Upsample = 10,

    /// <summary>Concatenation of two maps along the channels.</summary>
    Concat = 11,
}
