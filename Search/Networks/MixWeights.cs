using static TorchSharp.torch;

namespace FasterSeg.Search.Networks;

/// <summary>
/// What the answers of a mixed operator are multiplied by before they are added: alpha and the widths' scores for each operator
/// (paper, Equation 1), beta for each of the cell's inputs. Where no gradient goes to any of them they are plain numbers, and one
/// operation multiplies and adds.
/// </summary>
internal sealed class MixWeights
{
    private readonly Tensor[]? operators;
    private readonly Tensor[]? inputs;
    private readonly double[,]? numbers;

    /// <summary>Weights of a mixed operator.</summary>
    /// <param name="alpha">[5], softmaxed.</param>
    /// <param name="beta">[2], softmaxed; null where the cell has one input.</param>
    /// <param name="scores">1 each, so that the task's loss reaches gamma; null where a width was set.</param>
    public MixWeights(Tensor alpha, Tensor? beta, params ReadOnlySpan<Tensor?> scores)
    {
        Tensor weights = alpha;
        foreach (Tensor? score in scores)
        {
            if (score is not null)
                weights = weights.to(score.device) * score;
        }
        if (weights.requires_grad || beta is { requires_grad: true })
        {
            operators = [.. Enumerable.Range(0, (int)weights.shape[0]).Select(o => weights[o])];
            inputs = beta is null ? null : [beta[0], beta[1]];
            return;
        }
        double[] alphas = Numbers(weights),
            betas = beta is null ? [1] : Numbers(beta);
        numbers = new double[betas.Length, alphas.Length];
        for (int input = 0; input < betas.Length; input++)
        {
            for (int o = 0; o < alphas.Length; o++)
                numbers[input, o] = betas[input] * alphas[o];
        }
    }

    /// <summary>Adds the answers of one operator, which are the sum's from here on, to the sums of before.</summary>
    /// <param name="sums">One sum for each input, or one in all; empty before the first operator.</param>
    /// <param name="o">Which operator.</param>
    /// <param name="answers">Its answers, one for each input.</param>
    public void Add(List<Tensor> sums, int o, IReadOnlyList<Tensor> answers)
    {
        for (int input = 0; input < answers.Count; input++)
        {
            using Tensor answer = answers[input];
            if (numbers is not null)
            {
                if (sums.Count == 0)
                    sums.Add(answer * numbers[input, o]);
                else
                    sums[0].add_(answer, alpha: numbers[input, o]);
                continue;
            }
            Tensor product = answer * operators![o];
            if (sums.Count <= input)
            {
                sums.Add(product);
                continue;
            }
            sums[input].add_(product);
            product.Dispose();
        }
    }

    /// <summary>The mixed operator's answer from its sums, which are gone then.</summary>
    public Tensor Finish(List<Tensor> sums)
    {
        if (sums.Count == 1)
            return sums[0];
        using Tensor first = sums[0],
            second = sums[1],
            above = inputs![0] * first,
            here = inputs[1] * second;
        return above + here;
    }

    private static double[] Numbers(Tensor values)
    {
        using Tensor doubles = values.cpu().to(ScalarType.Float64);
        return [.. doubles.data<double>()];
    }
}
