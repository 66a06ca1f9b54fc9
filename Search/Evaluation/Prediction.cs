using FasterSeg.Latency;
using static TorchSharp.torch;

namespace FasterSeg.Search.Evaluation;

/// <summary>From logits to classes.</summary>
public static class Prediction
{
    /// <summary>The most probable class of every pixel of the first image: [1, classes, H, W] to H * W bytes, row by row.</summary>
    /// <exception cref="UserErrorException">A value is not a number: no class could be told from another.</exception>
    public static byte[] Classes(Tensor logits)
    {
        using (Tensor sum = logits[0].sum())
        {
            if (!double.IsFinite(sum.to(ScalarType.Float64).item<double>()))
                throw new UserErrorException(
                    "The network's answer to an image is not numbers, so its weights are spoiled: train it again."
                );
        }
        using Tensor classes = logits[0].argmax(0).to(ScalarType.Byte).cpu();
        return classes.data<byte>().ToArray();
    }
}
