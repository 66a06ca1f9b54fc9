using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Search.Networks;
using static TorchSharp.torch;

namespace FasterSeg.Search.Searching;

/// <summary>
/// Samples the width of every map by Gumbel-softmax at temperature 1: hard in the forward pass, with the soft sample's
/// gradient (straight-through; paper, Section 3.2).
/// </summary>
public static class GumbelWidths
{
    /// <summary>Samples with fresh noise from torch's CPU generator, the one that a checkpoint holds.</summary>
    public static SampledWidths Sample(SearchSpace space, ArchitectureParameters student) =>
        Sample(space, student, scale => GumbelNoise(rand(student.Gamma(scale).shape).to(student.Gamma(scale).device)));

    /// <summary>Samples with given noise.</summary>
    /// <param name="space">The space.</param>
    /// <param name="student">Holds gamma.</param>
    /// <param name="noise">Standard Gumbel noise of a scale, in gamma's shape.</param>
    public static SampledWidths Sample(SearchSpace space, ArchitectureParameters student, Func<int, Tensor> noise)
    {
        var oneHots = new Tensor[3];
        var rows = new MapWidth[3][];
        for (int scale = 0; scale < 3; scale++)
        {
            Tensor soft = (student.Gamma(scale).log_softmax(1) + noise(scale)).softmax(1);
            Tensor chosen = soft.argmax(1);
            Tensor hard = nn.functional.one_hot(chosen, soft.shape[1]).to(soft.dtype);
            oneHots[scale] = hard - soft.detach() + soft;
            Tensor scores = oneHots[scale].gather(1, chosen.unsqueeze(1)).squeeze(1);
            rows[scale] = [.. chosen.cpu().data<long>().ToArray().Select((index, row) => new MapWidth((int)index, scores[row]))];
        }
        return new SampledWidths(new MapWidths(space, Role.Student, rows), oneHots);
    }

    /// <summary>Standard Gumbel noise from uniform numbers in [0, 1): -ln(-ln u).</summary>
    public static Tensor GumbelNoise(Tensor uniform) => -(-(uniform + 1e-20).log() + 1e-20).log();
}
