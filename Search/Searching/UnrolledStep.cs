using FasterSeg.Search.Configuration;
using FasterSeg.Search.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FasterSeg.Search.Searching;

/// <summary>
/// The second-order gradient of alpha, beta and gamma (DARTS, Section 2.3, Equations 7 and 8): that of the other half's loss after the step
/// that the weights would take, with the product of Hessian and vector from a finite difference. The weights' step is gradient descent with
/// the phase's decay and clipping, without momentum; how much it is clipped counts as constant.
/// </summary>
/// <param name="model">What is trained.</param>
/// <param name="step">Its losses.</param>
/// <param name="phase">Decay and clipping of the weights' step.</param>
/// <param name="distance">How far all weights together move for the difference (Section 2.3). Where that carries an activation across a
/// ReLU's corner the product is not exact; DARTS' 0.01 averages over many corners.</param>
public sealed class UnrolledStep(SearchModel model, SearchStep step, PhaseOptions phase, double distance = 0.01)
{
    private readonly Parameter[] architecture = [.. model.ArchitectureParameters];

    /// <summary>
    /// Leaves the gradients of alpha, beta and gamma; weights and torch's generator are as after one first-order step, while the batch
    /// norms' running statistics have seen the weights' batch as well.
    /// </summary>
    /// <param name="weights">Images and labels of the half that trains the weights.</param>
    /// <param name="held">Images and labels of the other half.</param>
    /// <param name="rate">Learning rate of the weights' step.</param>
    /// <param name="latencyWeight">Of the latency in ms.</param>
    /// <returns>The task's loss after the step and the latency in ms.</returns>
    public (double Task, double LatencyMs) Backward(
        (Tensor Images, Tensor Labels) weights,
        (Tensor Images, Tensor Labels) held,
        double rate,
        double latencyWeight
    )
    {
        using IDisposable scope = NewDisposeScope();
        Tensor before = get_rng_state();
        Tensor[] kept = [.. model.Weights.Select(weight => weight.detach().clone())];
        try
        {
            double effective = Descend(weights, kept, rate);
            ClearWeights();
            (double, double) losses = step.BackwardToArchitecture(held.Images, held.Labels, latencyWeight, alsoToWeights: true);
            Tensor after = get_rng_state();
            Tensor?[] direct = Gradients(architecture),
                direction = Gradients(model.Weights);
            ClearWeights();

            double length = Math.Sqrt(direction.Sum(each => each is null ? 0 : Math.Pow(each.norm().ToDouble(), 2)));
            if (length > 0)
            {
                double epsilon = distance / length;
                Tensor?[] ahead = ArchitectureGradients(kept, direction, epsilon, weights, before),
                    behind = ArchitectureGradients(kept, direction, -epsilon, weights, before);
                for (int i = 0; i < architecture.Length; i++)
                    direct[i]?.add_(ahead[i]! - behind[i]!, -effective / (2 * epsilon));
            }
            for (int i = 0; i < architecture.Length; i++)
                architecture[i].grad = direct[i];
            set_rng_state(after);
            return losses;
        }
        finally
        {
            Move(kept, new Tensor?[kept.Length], 0);
        }
    }

    /// <summary>Takes the weights' step.</summary>
    /// <returns>The learning rate times what clipping left of the gradient.</returns>
    private double Descend((Tensor Images, Tensor Labels) batch, Tensor[] kept, double rate)
    {
        ClearWeights();
        step.BackwardToWeights(batch.Images, batch.Labels);
        double norm = GradientNorm.Clip(model.Weights, phase.GradientClip);
        Tensor?[] descent = Gradients(model.Weights);
        for (int i = 0; i < descent.Length; i++)
            descent[i] = descent[i]?.add(kept[i], phase.WeightDecay);
        Move(kept, descent, -rate);
        return phase.GradientClip > 0 ? rate * Math.Min(1, phase.GradientClip / (norm + 1e-6)) : rate;
    }

    /// <summary>Gradients of the weights' loss, at weights a little off, for the same sampled widths.</summary>
    private Tensor?[] ArchitectureGradients(
        Tensor[] kept,
        Tensor?[] direction,
        double distance,
        (Tensor Images, Tensor Labels) batch,
        Tensor random
    )
    {
        Move(kept, direction, distance);
        set_rng_state(random);
        foreach (Parameter parameter in architecture)
            parameter.grad = null;
        step.BackwardToArchitecture(batch.Images, batch.Labels, latencyWeight: 0);
        return Gradients(architecture);
    }

    private void Move(Tensor[] kept, Tensor?[] direction, double distance)
    {
        using IDisposable noGradient = no_grad();
        for (int i = 0; i < kept.Length; i++)
        {
            model.Weights[i].copy_(kept[i]);
            if (direction[i] is { } each)
                model.Weights[i].add_(each, distance);
        }
    }

    private void ClearWeights() => model.Supernet.zero_grad(set_to_none: true);

    private static Tensor?[] Gradients(IReadOnlyList<Parameter> parameters) => [.. parameters.Select(parameter => parameter.grad?.clone())];
}
