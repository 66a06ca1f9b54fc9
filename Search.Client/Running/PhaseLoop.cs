using FasterSeg.Operators;
using FasterSeg.Search.Client.Configuration;
using FasterSeg.Search.Client.Data;
using FasterSeg.Search.Client.Reporting;
using TorchSharp;

namespace FasterSeg.Search.Client.Running;

/// <summary>
/// Runs the steps of a phase from any position to the end: learning rate, checkpoints, scalars, interruption. What a step
/// does is the phase's own.
/// </summary>
/// <param name="name">Of the phase, in the log and for the user.</param>
/// <param name="options">Length, learning rate and checkpoints.</param>
/// <param name="stepsPerEpoch">Steps in an epoch.</param>
public sealed class PhaseLoop(string name, PhaseOptions options, int stepsPerEpoch)
{
    /// <summary>Does one step at a learning rate and gives its scalars by name.</summary>
    public delegate IReadOnlyList<(string Name, double Value)> Step(BatchPosition at, double learningRate);

    /// <summary>The learning rate of a step.</summary>
    public double LearningRate(BatchPosition at)
    {
        if (options.PolyPower <= 0) return options.LearningRate * Math.Pow(options.LearningRateDecay, at.Epoch);
        double share = ((at.Epoch * (double)stepsPerEpoch) + at.Step) / (options.Epochs * (double)stepsPerEpoch);
        return options.LearningRate * Math.Pow(1 - share, options.PolyPower);
    }

    /// <summary>Runs from a position to the phase's end.</summary>
    /// <param name="start">The first step to do.</param>
    /// <param name="step">Does a step.</param>
    /// <param name="save">Writes a checkpoint that goes on at the given position.</param>
    /// <param name="epochEnd">Called after the last step of an epoch, before its checkpoint.</param>
    /// <param name="log">Takes the scalars.</param>
    /// <param name="reporter">Tells the user.</param>
    /// <param name="cancellation">Saves, then stops.</param>
    /// <exception cref="OperationCanceledException">Interrupted, after the checkpoint was written.</exception>
    public void Run(BatchPosition start, Step step, Action<BatchPosition> save, Action<int>? epochEnd, ScalarLog log,
        IProgressReporter reporter, CancellationToken cancellation)
    {
        int total = options.Epochs * stepsPerEpoch;
        for (BatchPosition at = start; at.Epoch < options.Epochs;)
        {
            if (cancellation.IsCancellationRequested)
            {
                log.Flush();
                save(at);
                cancellation.ThrowIfCancellationRequested();
            }
            IReadOnlyList<(string Name, double Value)> scalars;
            using (torch.NewDisposeScope()) scalars = step(at, LearningRate(at));
            foreach ((string scalar, double value) in scalars)
            {
                if (!double.IsFinite(value))
                    throw new UserErrorException($"The {scalar} became {value} in epoch {at.Epoch + 1}, step {at.Step + 1} of {name}: lower the learning rate; the last checkpoint is from before it.");
                log.Add(name, at, scalar, value);
            }
            int done = (at.Epoch * stepsPerEpoch) + at.Step + 1;
            reporter.Report(name, done, total, latest: string.Join("  ", scalars.Select(s => FormattableString.Invariant($"{s.Name} {s.Value:G4}"))));

            bool lastOfEpoch = at.Step + 1 >= stepsPerEpoch;
            if (lastOfEpoch) epochEnd?.Invoke(at.Epoch);
            at = lastOfEpoch ? new BatchPosition(at.Epoch + 1, 0) : at with { Step = at.Step + 1 };
            if (lastOfEpoch || (options.CheckpointSteps > 0 && done % options.CheckpointSteps == 0))
            {
                log.Flush();
                save(at);
            }
        }
    }
}
