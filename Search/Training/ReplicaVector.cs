using FasterSeg.Search.Networks;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FasterSeg.Search.Training;

/// <summary>What replicas of a network tell each other, as one vector: after its slice of a batch, gradients and the running statistics of
/// batch norms; before the next one, weights and statistics.</summary>
internal sealed class ReplicaVector
{
    private readonly Parameter[] weights;
    private readonly Tensor[] statistics;

    /// <summary>Makes the vectors of a network that stays where it is.</summary>
    /// <param name="network">On its device.</param>
    public ReplicaVector(DerivedNetwork network)
    {
        weights = [.. network.parameters()];
        statistics = [.. network.buffers().Where(buffer => buffer.is_floating_point())];
    }

    /// <summary>Gradients, of the weights that have one, then statistics; on the network's device, in the caller's scope.</summary>
    public Tensor Step() => Joined([.. Gradients(), .. statistics]);

    /// <summary>Takes the sums of all replicas' <see cref="Step"/>: gradients as they are, of the statistics the mean.</summary>
    /// <param name="sums">On the network's device.</param>
    /// <param name="replicas">How many were added.</param>
    public void TakeStep(Tensor sums, int replicas)
    {
        using IDisposable scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        Put(sums, Gradients().Count, [.. Gradients(), .. statistics], statistic => statistic / replicas);
    }

    /// <summary>Weights, then statistics; on the network's device, in the caller's scope.</summary>
    public Tensor State() => Joined([.. weights, .. statistics]);

    /// <summary>Takes another replica's <see cref="State"/>.</summary>
    /// <param name="state">On the network's device.</param>
    public void TakeState(Tensor state)
    {
        using IDisposable scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        Put(state, weights.Length, [.. weights, .. statistics], statistic => statistic);
    }

    private List<Tensor> Gradients() => [.. weights.Select(weight => weight.grad).OfType<Tensor>()];

    private static Tensor Joined(IReadOnlyList<Tensor> tensors)
    {
        using IDisposable scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        return cat([.. tensors.Select(tensor => tensor.flatten())]).MoveToOuterDisposeScope();
    }

    /// <summary>Lays the vector's values into tensors; those behind the first ones are changed on their way.</summary>
    private static void Put(Tensor vector, int first, IReadOnlyList<Tensor> tensors, Func<Tensor, Tensor> change)
    {
        long at = 0;
        for (int i = 0; i < tensors.Count; i++)
        {
            long length = tensors[i].numel();
            Tensor values = vector.narrow(0, at, length).reshape(tensors[i].shape);
            tensors[i].copy_(i < first ? values : change(values));
            at += length;
        }
    }
}
