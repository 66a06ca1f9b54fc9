using FasterSeg.Latency.Spaces;
using FasterSeg.Search.Networks.Layers;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FasterSeg.Search.Networks;

/// <summary>The alpha-weighted sum of the five operators on one map (paper, Equation 1), at any width.</summary>
public sealed class MixedOperator : nn.Module
{
    private readonly ModuleList<CellOperator> operators;

    /// <summary>Makes all five at the widest.</summary>
    public MixedOperator(int inChannels, IReadOnlyList<int> outChannels, int stride)
        : base(nameof(MixedOperator))
    {
        operators = new ModuleList<CellOperator>([
            .. SearchSpace.SearchedKinds.Select(kind => CellOperator.Create(kind, inChannels, outChannels, stride)),
        ]);
        register_module("_ops", operators);
    }

    /// <summary>
    /// sum over o of alpha_o * score(in) * score(out) * o(x), and with two inputs the beta-weighted sum of theirs. The scores are 1; they
    /// exist so that the task's loss reaches gamma.
    /// </summary>
    /// <param name="maps">One map or two, with the channels of <paramref name="input"/>.</param>
    /// <param name="alpha">[5], softmaxed.</param>
    /// <param name="beta">[2], softmaxed: one weight for each of two maps; null for one.</param>
    /// <param name="input">Width of the input maps.</param>
    /// <param name="output">Width of the output map.</param>
    /// <returns>[N, C, H / stride, W / stride].</returns>
    public Tensor forward(CellInput maps, Tensor alpha, Tensor? beta, MapWidth input, MapWidth output)
    {
        var weights = new MixWeights(alpha, beta, input.Score, output.Score);
        List<Tensor> sums = [];
        for (int o = 0; o < operators.Count; o++)
            weights.Add(sums, o, operators[o].Each(maps, output.Index));
        return weights.Finish(sums);
    }
}
