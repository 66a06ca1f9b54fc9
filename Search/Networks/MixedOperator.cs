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
    /// sum over o of alpha_o * score(in) * score(out) * o(x). The scores are 1; they exist so that the task's loss reaches gamma.
    /// </summary>
    /// <param name="x">[N, C, H, W] with the channels of <paramref name="input"/>.</param>
    /// <param name="alpha">[5], softmaxed.</param>
    /// <param name="input">Width of the input map.</param>
    /// <param name="output">Width of the output map.</param>
    public Tensor forward(Tensor x, Tensor alpha, MapWidth input, MapWidth output)
    {
        Tensor weights = alpha;
        if (input.Score is not null)
            weights = weights * input.Score;
        if (output.Score is not null)
            weights = weights * output.Score;
        Tensor sum = operators[0].forward(x, output.Index) * weights[0];
        for (int o = 1; o < operators.Count; o++)
            sum = sum + (operators[o].forward(x, output.Index) * weights[o]);
        return sum;
    }
}
