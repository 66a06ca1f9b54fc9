using FasterSeg.Search.Data;

namespace FasterSeg.Search.Training;

/// <summary>The replicas of a training, of which the first one's network is what the training knows, moves and keeps.</summary>
internal interface IReplicas : IDisposable
{
    /// <summary>Leaves the gradients of a whole batch in the first replica's network, which has none, and the mean of all replicas' running
    /// statistics.</summary>
    /// <param name="batch">What <see cref="Slice"/> of the plan makes.</param>
    StepLosses Backward(Batch batch);

    /// <summary>Gives all replicas the weights and statistics of the first one.</summary>
    void Share();

    /// <summary>What of each batch this process has to make.</summary>
    BatchPlan Slice(BatchPlan plan);
}
