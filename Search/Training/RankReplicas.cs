using FasterSeg.Search.Data;
using static TorchSharp.torch;

namespace FasterSeg.Search.Training;

/// <summary>Replicas in processes of their own, as the first one sees them.</summary>
internal sealed class RankReplicas : IReplicas
{
    private readonly TrainingReplica first;
    private readonly ReplicaVector vector;
    private readonly RankLead lead;

    /// <summary>Gives the others the teacher, if there is one; they were told of the training (<see cref="RankLead.Begin"/>).</summary>
    /// <param name="first">This process's replica.</param>
    /// <param name="lead">Speaks to the others.</param>
    public RankReplicas(TrainingReplica first, RankLead lead)
    {
        (this.first, this.lead, vector) = (first, lead, new ReplicaVector(first.Network));
        if (first.Teacher is null)
            return;
        lead.Tell(RankCommandKind.Teacher);
        RankStep.Share(lead.Ranks, new ReplicaVector(first.Teacher), first.Device);
    }

    /// <inheritdoc/>
    public BatchPlan Slice(BatchPlan plan) => plan.Slice(0, lead.Count);

    /// <inheritdoc/>
    public StepLosses Backward(Batch batch)
    {
        using IDisposable scope = NewDisposeScope();
        lead.Tell(RankCommandKind.Step, batch.Position);
        var (sums, losses, interrupted) = lead.Together(() =>
            RankStep.Run(
                lead.Ranks,
                vector,
                () =>
                {
                    var (images, labels) = batch.ToTensors(first.Device);
                    return first.Backward(images, labels);
                },
                // This rank sees to its own interruption between two steps.
                interrupted: false
            )
        );
        vector.TakeStep(sums.to(first.Device), lead.Count);
        if (interrupted)
            lead.Interrupt();
        return losses;
    }

    /// <inheritdoc/>
    public void Share()
    {
        lead.Tell(RankCommandKind.Weights);
        RankStep.Share(lead.Ranks, vector, first.Device);
    }

    /// <summary>Nothing is its own; whoever made the <see cref="RankLead"/> ends the others.</summary>
    public void Dispose() { }
}
