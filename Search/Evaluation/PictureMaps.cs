using FasterSeg.Search.Data;
using FasterSeg.Search.Networks.Layers;
using static TorchSharp.torch;

namespace FasterSeg.Search.Evaluation;

/// <summary>A network's maps at the size of the picture that it was asked about, in one step: nothing is rounded to classes
/// before.</summary>
internal static class PictureMaps
{
    private const int Rows = 2,
        Columns = 3;

    /// <summary>[1, C, h, w] to [1, C, picture's rows, picture's columns], bilinearly.</summary>
    /// <param name="fitted">How the picture came to the network.</param>
    /// <param name="map">Its corners lie on those of an input of <paramref name="height"/> x <paramref name="width"/>.</param>
    /// <param name="height">Rows that the map spans: the input's, or those that are seen of it.</param>
    /// <param name="width">Columns likewise.</param>
    public static Tensor ToPicture(this FittedImage fitted, Tensor map, int height, int width) =>
        fitted.IsWhole
            ? Bilinear.Resize(map, height, width).narrow(Rows, 0, fitted.Rows.Seen).narrow(Columns, 0, fitted.Columns.Seen)
            : Along(
                Along(map, Rows, fitted.Rows.Places((int)map.shape[Rows], height)),
                Columns,
                fitted.Columns.Places((int)map.shape[Columns], width)
            );

    private static Tensor Along(Tensor map, int side, double[] places)
    {
        long[] low = Array.ConvertAll(places, place => (long)place),
            high = Array.ConvertAll(places, place => Math.Min((long)place + 1, map.shape[side] - 1));
        float[] shares = [.. places.Select(place => (float)(place - Math.Floor(place)))];
        long[] shape = [1, 1, 1, 1];
        shape[side] = places.Length;
        return map.index_select(side, tensor(low, device: map.device))
            .lerp_(map.index_select(side, tensor(high, device: map.device)), tensor(shares, device: map.device).reshape(shape));
    }
}
