using System.Globalization;
using FasterSeg.Latency;
using FasterSeg.Latency.Networks;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.Evaluation;
using FasterSeg.Search.Networks;
using FasterSeg.Search.Runs;
using TorchSharp;
using static TorchSharp.torch;

namespace FasterSeg.Search.Training;

/// <summary>
/// Trains a derived network; a student also learns from its teacher's logits (paper, Section 3.4). Several replicas of it
/// take a slice of each batch each; the first one's network is the one that is moved and kept.
/// </summary>
public sealed class NetworkTraining : IDisposable
{
    /// <summary>Name of the scalar of the mean IoU on validation images, 0 to 1.</summary>
    public const string ValidationScalar = "validation_mean_iou";

    private const string Phase = "train";

    private readonly TrainingOptions training;
    private readonly FasterSegOptions options;
    private readonly SegmentationDataset data;
    private readonly DerivedNetwork network;
    private readonly bool distills;
    private readonly IReplicas replicas;
    private readonly ClippedDescent descent;
    private readonly TrainingCheckpoint checkpoint;
    private readonly RunFolder run;
    private readonly IProgressReporter reporter;
    private readonly ReplicaPlaces places;
    private readonly string phase;
    private BatchPosition position;

    /// <summary>Makes a training that starts anew or, with <paramref name="resume"/>, goes on at the run's checkpoint.</summary>
    /// <param name="options">The configuration.</param>
    /// <param name="data">Training images.</param>
    /// <param name="architecture">The network.</param>
    /// <param name="teacher">Trained; null trains without distillation.</param>
    /// <param name="run">Where the checkpoint and the scalars go.</param>
    /// <param name="places">Where torch computes.</param>
    /// <param name="reporter">Tells the user.</param>
    /// <param name="resume">Go on at the checkpoint.</param>
    /// <param name="start">Gives a training that starts anew other weights than those drawn.</param>
    /// <exception cref="UsageException">The batch does not divide over the replicas, or the checkpoint is of another number.</exception>
    public NetworkTraining(
        FasterSegOptions options,
        SegmentationDataset data,
        DerivedArchitecture architecture,
        DerivedNetwork? teacher,
        RunFolder run,
        ReplicaPlaces places,
        IProgressReporter reporter,
        bool resume,
        Action<DerivedNetwork>? start = null
    )
    {
        (this.options, training, this.data, distills, this.places, this.reporter) = (
            options,
            options.Training,
            data,
            teacher is not null,
            places,
            reporter
        );
        ReplicaPlaces.Require(training, places.Count);
        manual_seed(options.Seed + 10 + (int)architecture.Role);
        network = new DerivedNetwork(architecture, auxiliary: true).to(places.First);
        descent = new ClippedDescent(network.parameters(), training);
        checkpoint = new TrainingCheckpoint(run.TrainingCheckpoint(architecture.Role), places.Count);
        if (resume)
            position = checkpoint.Load(network, descent.Optimizer);
        else
            start?.Invoke(network);
        phase = $"{Phase}_{architecture.Role.Name()}";
        this.run = run;
        teacher?.eval();
        var first = new TrainingReplica(network, teacher, places.First, training, places.Count);
        replicas = places.Ranks is { } ranks ? new RankReplicas(first, ranks) : new LocalReplicas(first, places.Devices, training);
        replicas.Share();
    }

    /// <summary>True where its checkpoint is of the last epoch already, so that no step is left.</summary>
    public bool IsDone => position.Epoch >= training.Epochs;

    /// <summary>The batches of a configuration's training.</summary>
    internal static BatchPlan Plan(FasterSegOptions options, SegmentationDataset data) =>
        BatchPlan.From(
            data.FittedTo(options).Split("train"),
            options.Data,
            options.Training,
            options.Seed + 4,
            options.Training.LabelDownSampling
        );

    /// <summary>Trains to the end; the checkpoint holds the result.</summary>
    public void Run(CancellationToken cancellation)
    {
        using var batches = new BatchSource(replicas.Slice(Plan(options, data)), options.Data, position);
        var rounds = new ValidationRounds(training, data.Split("val"), EvaluationMode.Deployed(options), places.First);
        // The training was interrupted at the end of an epoch, before its trial.
        bool lacksTrial = position is { Step: 0, Epoch: > 0 } && rounds.IsDue(position.Epoch - 1) && !IsTried(At(position.Epoch - 1));
        using var log = ScalarLog.Open(run, phase, position, batches.StepsPerEpoch);
        network.train();
        if (places.Count > 1)
            reporter.Say($"{phase}: {places.Words(training)}");
        if (lacksTrial)
            Validate(rounds, At(position.Epoch - 1), log, cancellation);
        new PhaseLoop(phase, training, batches.StepsPerEpoch).Run(
            position,
            (_, rate) =>
            {
                Batch batch = batches.Next();
                descent.Optimizer.zero_grad();
                (double loss, double distillation) = replicas.Backward(batch);
                double gradient = descent.Step(rate);
                replicas.Share();
                return new(
                    [
                        ("loss", loss),
                        .. distills ? [("distillation", distillation)] : Array.Empty<(string, double)>(),
                        (GradientNorm.Scalar, gradient),
                    ],
                    batch.Names
                );
            },
            new(checkpoint.File, next => checkpoint.Save(network, descent.Optimizer, position = next)),
            log,
            reporter,
            cancellation,
            epochEnd: epoch =>
            {
                if (rounds.IsDue(epoch))
                    Validate(rounds, At(epoch), log, cancellation);
            }
        );
        LogExamples(log);

        BatchPosition At(int epoch) => new(epoch, batches.StepsPerEpoch - 1);
    }

    private bool IsTried(BatchPosition at)
    {
        string row = string.Create(CultureInfo.InvariantCulture, $"{phase},{at.Epoch},{at.Step},{ValidationScalar},");
        return File.Exists(run.Scalars) && File.ReadLines(run.Scalars).Any(line => line.StartsWith(row, StringComparison.Ordinal));
    }

    /// <summary>An image that cannot be read is no reason to end a training; nor does an interruption wait for the images.</summary>
    private void Validate(ValidationRounds rounds, BatchPosition at, ScalarLog log, CancellationToken cancellation)
    {
        try
        {
            double share = rounds.MeanIou(network, cancellation);
            if (double.IsNaN(share))
                return;
            log.AddImage(at, "examples/0", rounds.Example(network, data.Classes));
            log.Add(phase, at, ValidationScalar, share);
            reporter.Say(FormattableString.Invariant($"{phase}, epoch {at.Epoch + 1}: {100 * share:F1} % mIoU on validation images"));
        }
        catch (UserErrorException unreadable)
        {
            reporter.Say($"{phase}: not tried on validation images: {unreadable.Message}");
        }
        catch (OperationCanceledException) { }
    }

    /// <summary>Shows TensorBoard what the trained network answers; a validation image that cannot be read is no reason to fail
    /// now.</summary>
    private void LogExamples(ScalarLog log)
    {
        network.eval();
        try
        {
            int i = 0;
            // After the last step, so that a training that is resumed at its end replaces them.
            foreach (
                var (_, picture) in ExamplePredictions.Of(
                    network,
                    data.Split("val"),
                    data.Classes,
                    EvaluationMode.Deployed(options),
                    places.First
                )
            )
                log.AddImage(new BatchPosition(training.Epochs, 0), FormattableString.Invariant($"examples/{i++}"), picture);
        }
        catch (UserErrorException unreadable)
        {
            reporter.Say($"{phase}: no example predictions for TensorBoard: {unreadable.Message}");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        replicas.Dispose();
        descent.Dispose();
        network.Dispose();
    }
}
