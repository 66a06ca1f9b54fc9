using static TorchSharp.torch;

namespace FasterSeg.Search.Training;

/// <summary>From logits to classes.</summary>
public static class Prediction
{
    /// <summary>The most probable class of every pixel of the first image: [1, classes, H, W] to H * W bytes, row by row.</summary>
    public static byte[] Classes(Tensor logits)
    {
        using Tensor classes = logits[0].argmax(0).to(ScalarType.Byte).cpu();
        return classes.data<byte>().ToArray();
    }
}
