using FasterSeg.Search.Networks;
using static TorchSharp.torch;

namespace FasterSeg.Search.Searching;

/// <summary>The task's loss of one pass through the supernet: the sum over its five heads.</summary>
public static class SearchLoss
{
    /// <summary>Sums a criterion over the five heads.</summary>
    /// <param name="logits">Five times [N, classes, H/8, W/8].</param>
    /// <param name="labels">[N, H/8, W/8], int64, 255 ignored.</param>
    /// <param name="criterion">E.g. <c>OhemCrossEntropy</c>.</param>
    public static Tensor Of(SupernetLogits logits, Tensor labels, Func<Tensor, Tensor, Tensor> criterion)
    {
        Tensor sum = criterion(logits.All[0], labels);
        for (int head = 1; head < logits.All.Count; head++)
            sum = sum + criterion(logits.All[head], labels);
        return sum;
    }
}
