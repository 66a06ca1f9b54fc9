using TorchSharp;
using static TorchSharp.torch;

namespace FasterSeg.Search.Networks.Layers;

/// <summary>
/// Maps whose channels lie beside each other in memory. libtorch's convolutions keep the layout of the map that they get, and so do norms,
/// ReLU, concatenation and bilinear resizes: one image in this layout brings a whole network to it. On a CPU the maps of few channels then
/// need no padding to the vector's width (<c>docs/decisions/0026-channels-last.md</c>). Values are the same to rounding.
/// </summary>
public static class ChannelsLast
{
    /// <summary>The same map [N, C, H, W], laid out as [N, H, W, C] where it lies on the CPU; on other devices as it is.</summary>
    /// <param name="map">Any map; it stays valid.</param>
    /// <returns>In the caller's dispose scope.</returns>
    public static Tensor Of(Tensor map)
    {
        if (map.device_type != DeviceType.CPU)
            return map;
        using Tensor last = map.permute(0, 2, 3, 1),
            laid = last.contiguous();
        return laid.permute(0, 3, 1, 2);
    }
}
