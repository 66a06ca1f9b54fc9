using FasterSeg.Latency.Networks;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Training;

namespace FasterSeg.Search.Searching;

/// <summary>The pretraining of a search (paper, Section 3.4): the weights alone, teacher and student in turns.</summary>
/// <param name="state">What is trained.</param>
/// <param name="options">The configuration.</param>
/// <param name="run">Keeps scalars and checkpoint.</param>
/// <param name="reporter">Tells the user.</param>
internal sealed class PretrainPhase(SearchState state, FasterSegOptions options, RunFolder run, IProgressReporter reporter)
{
    private const string Name = "pretrain";

    /// <summary>Runs what is left of it.</summary>
    /// <param name="samples">The half of the images that trains the weights.</param>
    /// <param name="step">Its losses.</param>
    /// <param name="cancellation">Saves, then stops.</param>
    public void Run(ISampleSource samples, SearchStep step, CancellationToken cancellation)
    {
        PhaseOptions phase = options.Pretrain;
        BatchPosition start = state.Progress.Pretrain;
        BatchPlan plan = BatchPlan.From(samples, options.Data, phase, options.Seed + 1, SearchStep.LabelStride);
        using var batches = new BatchSource(plan, options.Data, start);
        using var log = ScalarLog.Open(run, Name, start, plan.StepsPerEpoch);
        new PhaseLoop(Name, phase, plan.StepsPerEpoch).Run(
            start,
            (at, rate) =>
            {
                Batch batch = batches.Next();
                var (images, labels) = batch.ToTensors(state.Model.Device);
                state.ClearWeightGradients();
                Role role = ((at.Epoch * plan.StepsPerEpoch) + at.Step) % 2 == 0 ? Role.Teacher : Role.Student;
                double loss = step.BackwardPretraining(images, labels, role);
                return new([("loss", loss), (GradientNorm.Scalar, state.MovePretrainedWeights(rate))], batch.Names);
            },
            new(run.SearchCheckpoint, next =>
            {
                state.Progress = state.Progress with { Pretrain = next };
                state.Save(run.SearchCheckpoint);
            }),
            log,
            reporter,
            cancellation
        );
    }
}
