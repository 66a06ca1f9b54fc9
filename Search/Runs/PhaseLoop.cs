using FasterSeg.Latency;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.Native;
using TorchSharp;

namespace FasterSeg.Search.Runs;

/// <summary>
/// Runs the steps of a phase from any position to the end: learning rate, checkpoints, scalars, interruption. What a step
/// does is the phase's own.
/// </summary>
/// <param name="name">Of the phase, in the log and for the user.</param>
/// <param name="options">Length, learning rate and checkpoints.</param>
/// <param name="stepsPerEpoch">Steps in an epoch.</param>
/// <param name="pause">Between two attempts to write to a full disk; null is ten seconds.</param>
public sealed class PhaseLoop(string name, PhaseOptions options, int stepsPerEpoch, TimeSpan? pause = null)
{
    /// <summary>What a step did.</summary>
    /// <param name="Scalars">By name.</param>
    /// <param name="Images">Names of what it saw.</param>
    public readonly record struct StepResult(IReadOnlyList<(string Name, double Value)> Scalars, IReadOnlyList<string> Images);

    /// <summary>Where the phase's state is kept.</summary>
    /// <param name="File">The checkpoint.</param>
    /// <param name="Save">Writes it so that it goes on at the given position.</param>
    public sealed record Keeping(CheckpointFile File, Action<BatchPosition> Save);

    /// <summary>Does one step at a learning rate.</summary>
    public delegate StepResult Step(BatchPosition at, double learningRate);

    /// <summary>The learning rate of a step.</summary>
    public double LearningRate(BatchPosition at)
    {
        if (options.PolyPower <= 0)
            return options.LearningRate * Math.Pow(options.LearningRateDecay, at.Epoch);
        double share = ((at.Epoch * (double)stepsPerEpoch) + at.Step) / (options.Epochs * (double)stepsPerEpoch);
        return options.LearningRate * Math.Pow(1 - share, options.PolyPower);
    }

    /// <summary>Runs from a position to the phase's end. Where the disk is full it waits.</summary>
    /// <param name="start">The first step to do.</param>
    /// <param name="step">Does a step.</param>
    /// <param name="keeping">The checkpoint.</param>
    /// <param name="log">Takes the scalars.</param>
    /// <param name="reporter">Tells the user.</param>
    /// <param name="cancellation">Saves, then stops.</param>
    /// <param name="epochEnd">Called after the last step of an epoch, before its checkpoint.</param>
    /// <param name="afterEpoch">Called after an epoch's checkpoint, for what changes no state and may take long.</param>
    /// <exception cref="OperationCanceledException">Interrupted, after the checkpoint was written.</exception>
    /// <exception cref="UserErrorException">A scalar is not finite; nothing was saved since it was.</exception>
    public void Run(
        BatchPosition start,
        Step step,
        Keeping keeping,
        ScalarLog log,
        IProgressReporter reporter,
        CancellationToken cancellation,
        Action<int>? epochEnd = null,
        Action<int>? afterEpoch = null
    )
    {
        TorchThreads.WarnIfBusy(reporter.Say);
        BatchPosition? saved = keeping.File.Exists ? start : null;
        var patience = new Patience(reporter, pause, () => Patience.Kept(saved is not null));
        using var still = new StillCollector();
        int total = options.Epochs * stepsPerEpoch;
        for (BatchPosition at = start; at.Epoch < options.Epochs; )
        {
            if (cancellation.IsCancellationRequested)
            {
                SaveAtOnce(keeping, log, at, saved, reporter);
                cancellation.ThrowIfCancellationRequested();
            }
            still.Renew();
            StepResult result;
            using (torch.NewDisposeScope())
                result = step(at, LearningRate(at));
            foreach ((string scalar, double value) in result.Scalars)
            {
                if (!double.IsFinite(value))
                    throw NotFinite(scalar, value, at, result.Images, keeping.File, saved);
                log.Add(name, at, scalar, value);
            }
            int done = (at.Epoch * stepsPerEpoch) + at.Step + 1;
            reporter.Report(
                name,
                done,
                total,
                latest: string.Join("  ", result.Scalars.Select(s => FormattableString.Invariant($"{s.Name} {s.Value:G4}")))
            );

            bool lastOfEpoch = at.Step + 1 >= stepsPerEpoch;
            if (lastOfEpoch)
                epochEnd?.Invoke(at.Epoch);
            BatchPosition next = lastOfEpoch ? new BatchPosition(at.Epoch + 1, 0) : at with { Step = at.Step + 1 };
            if (lastOfEpoch || (options.CheckpointSteps > 0 && done % options.CheckpointSteps == 0))
            {
                patience.Run(
                    name,
                    () =>
                    {
                        log.Flush();
                        keeping.Save(next);
                    },
                    cancellation
                );
                saved = next;
            }
            if (lastOfEpoch)
                afterEpoch?.Invoke(at.Epoch);
            at = next;
        }
    }

    /// <summary>Nobody waits for room now; what cannot be saved is said.</summary>
    private void SaveAtOnce(Keeping keeping, ScalarLog log, BatchPosition at, BatchPosition? saved, IProgressReporter reporter)
    {
        try
        {
            // The checkpoint first: rows that are missing cost a curve, a checkpoint costs the work.
            keeping.Save(at);
            log.Flush();
        }
        catch (Exception fault) when (Patience.MayPass(fault))
        {
            string kept = saved is { } last
                ? FormattableString.Invariant($"the one before epoch {last.Epoch + 1}, step {last.Step + 1} is kept")
                : "there is none from before";
            reporter.Say($"{name} was not saved: {fault.Message.TrimEnd('.')}. Of its checkpoints {kept}.");
        }
    }

    private UserErrorException NotFinite(
        string scalar,
        double value,
        BatchPosition at,
        IReadOnlyList<string> images,
        CheckpointFile file,
        BatchPosition? saved
    )
    {
        string seen = images.Count > 0 ? $", on {string.Join(", ", images)}" : "";
        string wayOn = saved is { } last
            ? $"The last good checkpoint is {file.Path}, before epoch {last.Epoch + 1}, step {last.Step + 1}: go on from it with "
                + "--resume and a lower learning rate."
            : "There is no checkpoint from before it: start anew with a lower learning rate.";
        return new UserErrorException(
            FormattableString.Invariant(
                $"The {scalar} became {value} in epoch {at.Epoch + 1}, step {at.Step + 1} of {name}{seen}. {Machine()}{wayOn}"
            )
        );
    }

    /// <summary>Whether the machine's own arithmetic may be to blame.</summary>
    private static string Machine() => TorchLoader.Kernels is { } kernels ? $"This machine's libtorch: {kernels}. " : "";
}
