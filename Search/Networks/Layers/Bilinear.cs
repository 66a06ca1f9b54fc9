using static TorchSharp.torch;

namespace FasterSeg.Search.Networks.Layers;

/// <summary>Bilinear resizing with aligned corners, the only kind in a FasterSeg network.</summary>
public static class Bilinear
{
    /// <summary>Resizes [N, C, H, W] to [N, C, <paramref name="height"/>, <paramref name="width"/>].</summary>
    public static Tensor Resize(Tensor x, long height, long width) =>
        nn.functional.interpolate(x, size: [height, width], mode: InterpolationMode.Bilinear, align_corners: true);

    /// <summary>Enlarges both sides by a whole factor.</summary>
    public static Tensor Enlarge(Tensor x, int factor) => Resize(x, x.shape[2] * factor, x.shape[3] * factor);
}
