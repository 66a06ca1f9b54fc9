using static TorchSharp.torch;

namespace FasterSeg.Search.Data;

/// <summary>The one step from plain memory to Torch.</summary>
public static class BatchTensors
{
    /// <summary>A batch on a device, in the caller's dispose scope.</summary>
    /// <returns>Images: float32 (N, 3, H, W). Labels: int64 (N, h, w), 255 to ignore.</returns>
    public static (Tensor Images, Tensor Labels) ToTensors(this Batch batch, Device device)
    {
        using var bytes = tensor(batch.Labels, [.. batch.LabelShape], ScalarType.Byte);
        return (tensor(batch.Images, [.. batch.ImageShape], ScalarType.Float32, device), bytes.to(ScalarType.Int64, device));
    }

    /// <summary>A batch as it lies in plain memory, in the caller's dispose scope: for those who take slices of it.</summary>
    /// <returns>Images: float32 (N, 3, H, W). Labels: uint8 (N, h, w), 255 to ignore.</returns>
    public static (Tensor Images, Tensor Labels) OnCpu(this Batch batch) =>
        (tensor(batch.Images, [.. batch.ImageShape], ScalarType.Float32), tensor(batch.Labels, [.. batch.LabelShape], ScalarType.Byte));

    /// <summary>A picture as a network's input on a device, in the caller's dispose scope: float32 (1, 3, H, W), padded.</summary>
    public static Tensor ToTensor(this ImagePadding padding, RgbImage image, Device device) =>
        tensor(
            padding.Normalize(image),
            [1, Normalization.Channels, padding.PaddedHeight, padding.PaddedWidth],
            ScalarType.Float32,
            device
        );
}
