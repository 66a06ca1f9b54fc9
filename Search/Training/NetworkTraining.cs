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
/// Trains a derived network from scratch: hard-pixel cross-entropy on the network's logits and, with a small weight, on its
/// auxiliary heads; a student also learns from its teacher's logits (paper, Section 3.4).
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
    private readonly DerivedNetwork? teacher;
    private readonly ClippedDescent descent;
    private readonly TrainingCheckpoint checkpoint;
    private readonly RunFolder run;
    private readonly IProgressReporter reporter;
    private readonly Device device;
    private readonly string phase;
    private BatchPosition position;

    /// <summary>Makes a training that starts anew or, with <paramref name="resume"/>, goes on at the run's checkpoint.</summary>
    /// <param name="options">The configuration.</param>
    /// <param name="data">Training images.</param>
    /// <param name="architecture">The network.</param>
    /// <param name="teacher">Trained; null trains without distillation.</param>
    /// <param name="run">Where the checkpoint and the scalars go.</param>
    /// <param name="device">Where torch computes.</param>
    /// <param name="reporter">Tells the user.</param>
    /// <param name="resume">Go on at the checkpoint.</param>
    public NetworkTraining(
        FasterSegOptions options,
        SegmentationDataset data,
        DerivedArchitecture architecture,
        DerivedNetwork? teacher,
        RunFolder run,
        Device device,
        IProgressReporter reporter,
        bool resume
    )
    {
        (this.options, training, this.data, this.teacher, this.device, this.reporter) = (
            options,
            options.Training,
            data,
            teacher,
            device,
            reporter
        );
        manual_seed(options.Seed + 10 + (int)architecture.Role);
        network = new DerivedNetwork(architecture, auxiliary: true).to(device);
        descent = new ClippedDescent(network.parameters(), training);
        checkpoint = new TrainingCheckpoint(run.TrainingCheckpoint(architecture.Role));
        if (resume)
            position = checkpoint.Load(network, descent.Optimizer);
        phase = $"{Phase}_{architecture.Role.Name()}";
        this.run = run;
        teacher?.eval();
    }

    /// <summary>True where its checkpoint is of the last epoch already, so that no step is left.</summary>
    public bool IsDone => position.Epoch >= training.Epochs;

    /// <summary>Trains to the end; the checkpoint holds the result.</summary>
    public void Run(CancellationToken cancellation)
    {
        var plan = BatchPlan.From(
            data.FittedTo(options).Split("train"),
            options.Data,
            training,
            options.Seed + 4,
            training.LabelDownSampling
        );
        using var batches = new BatchSource(plan, options.Data, position);
        var rounds = new ValidationRounds(training, data.Split("val"), EvaluationMode.Deployed(options), device);
        // The training was interrupted at the end of an epoch, before its trial.
        bool lacksTrial = position is { Step: 0, Epoch: > 0 } && rounds.IsDue(position.Epoch - 1) && !IsTried(At(position.Epoch - 1));
        using var log = ScalarLog.Open(run, phase, position, batches.StepsPerEpoch);
        network.train();
        if (lacksTrial)
            Validate(rounds, At(position.Epoch - 1), log, cancellation);
        new PhaseLoop(phase, training, batches.StepsPerEpoch).Run(
            position,
            (_, rate) =>
            {
                Batch batch = batches.Next();
                var (images, labels) = batch.ToTensors(device);
                descent.Optimizer.zero_grad();
                (double loss, double distillation) = Backward(images, labels);
                double gradient = descent.Step(rate);
                return new(
                    [
                        ("loss", loss),
                        .. teacher is null ? Array.Empty<(string, double)>() : [("distillation", distillation)],
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
                    device
                )
            )
                log.AddImage(new BatchPosition(training.Epochs, 0), FormattableString.Invariant($"examples/{i++}"), picture);
        }
        catch (UserErrorException unreadable)
        {
            reporter.Say($"{phase}: no example predictions for TensorBoard: {unreadable.Message}");
        }
    }

    /// <summary>Leaves the gradients of a batch, part by part.</summary>
    private (double Loss, double Distillation) Backward(Tensor images, Tensor labels)
    {
        int parts = training.Accumulation;
        long size = images.shape[0] / parts;
        (double Loss, double Distillation) sum = default;
        for (int part = 0; part < parts; part++)
        {
            using IDisposable scope = NewDisposeScope();
            Tensor loss = Loss(images.narrow(0, part * size, size), labels.narrow(0, part * size, size), out double distillation) / parts;
            loss.backward();
            sum = (sum.Loss + loss.ToDouble(), sum.Distillation + (distillation / parts));
        }
        return sum;
    }

    private Tensor Loss(Tensor images, Tensor labels, out double distillation)
    {
        OhemCrossEntropy criterion = OhemCrossEntropy.For(training, labels);
        TrainingLogits logits = network.ForwardWithAuxiliary(images);
        Tensor main = ToLabelSize(logits.Main, labels);
        Tensor loss = criterion.Loss(main, labels);
        if (training.AuxiliaryWeight > 0)
        {
            loss =
                loss
                + (
                    training.AuxiliaryWeight
                    * (criterion.Loss(ToLabelSize(logits.At16, labels), labels) + criterion.Loss(ToLabelSize(logits.At32, labels), labels))
                );
        }
        distillation = 0;
        if (teacher is null)
            return loss;

        Tensor target;
        using (no_grad())
            target = ToLabelSize(teacher.forward(images), labels).log_softmax(1);
        // KL(teacher || student), the mean over every element (N * C * H * W) as in the released code.
        Tensor divergence = (target.exp() * (target - main.log_softmax(1))).mean();
        distillation = divergence.ToDouble();
        return loss + (training.DistillationWeight * divergence);
    }

    private static Tensor ToLabelSize(Tensor logits, Tensor labels) =>
        Networks.Layers.Bilinear.Resize(logits, labels.shape[1], labels.shape[2]);

    /// <inheritdoc/>
    public void Dispose()
    {
        descent.Dispose();
        network.Dispose();
    }
}
