using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.Evaluation;
using FasterSeg.Search.Networks;
using FasterSeg.Search.OneShot;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Searching;
using FasterSeg.Search.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace FasterSeg.Search.Sweeps;

/// <summary>
/// Does some real steps of a phase, and times them. Networks that a search will only find are stood in for by random ones of its target
/// band.
/// </summary>
/// <param name="options">The chain's configuration, which this shortens.</param>
/// <param name="data">Its images.</param>
/// <param name="table">Its latency table; null where it is not measured yet: what it says changes no step's time.</param>
/// <param name="scratch">A run whose files nobody needs.</param>
/// <param name="device">Where torch computes.</param>
public sealed class PhaseTiming(FasterSegOptions options, SegmentationDataset data, LatencyTable? table, RunFolder scratch, Device device)
{
    // More than are timed: no epoch ends, and no checkpoint is written.
    private const int Steps = 64;

    private readonly SearchSpace space = options.Space.ToSpace();
    private readonly LatencyTable known = table ?? Unmeasured(options.Space.ToSpace());
    private readonly LatencyTarget band = TargetBand.Resolve(
        table is null ? LatencyTarget.Automatic : options.Searching.Target,
        options.Space.ToSpace(),
        table ?? Unmeasured(options.Space.ToSpace()),
        options.Seed
    );

    /// <summary>Times a phase.</summary>
    /// <param name="task">As <see cref="PhaseCost.Task"/> names it.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="OperationCanceledException">Interrupted.</exception>
    public PhaseTime Of(string task, CancellationToken cancellation)
    {
        foreach (PhaseOptions phase in new[] { options.Pretrain, options.Searching, options.OneShot, options.Training })
            (phase.Epochs, phase.StepsPerEpoch, phase.CheckpointSteps) = (1, Steps, 0);
        // A search without its pretraining begins with its own steps.
        options.Pretrain.Epochs = task == PhaseCosts.Pretrain ? 1 : 0;
        (options.Training.Validations, options.OneShot.Snapshots) = (0, 1);
        var clock = new StepClock(TimeProvider.System, cancellation);
        try
        {
            Run(task, clock, cancellation);
        }
        catch (StepClock.EnoughException) { }
        return new(task, clock.Seconds, Math.Max(1, clock.Count));
    }

    private void Run(string task, StepClock clock, CancellationToken cancellation)
    {
        switch (task)
        {
            case PhaseCosts.Pretrain or PhaseCosts.Search when options.Searching.Method == SearchMethod.Differentiable:
                using (var search = new SupernetSearch(options, data, known, band, scratch, device, new SearchHooks(clock)))
                    search.Run(cancellation);
                break;
            case PhaseCosts.Search:
                HeldOutImages images = HeldOutImages.Of(data.FittedTo(options).Split("train"), options.OneShot.HeldOut, options.Seed);
                using (var training = new OneShotTraining(options, images.Weights, known, band.MiddleMs, scratch, device, clock))
                    training.Run(cancellation);
                break;
            case PhaseCosts.Evaluate:
                using (DerivedNetwork network = new DerivedNetwork(Draw(Role.Student, cancellation)).to(device))
                {
                    network.eval();
                    NetworkEvaluation.Run(network, data.Split("val"), EvaluationMode.Deployed(options), device, clock, cancellation);
                }
                break;
            case PhaseCosts.Adaptation:
                // Its steps are those of a training on other batches.
                options.Training = new()
                {
                    Epochs = 1,
                    StepsPerEpoch = Steps,
                    CheckpointSteps = 0,
                    Batch = options.OneShot.Batch,
                    CropHeight = options.OneShot.CropHeight,
                    CropWidth = options.OneShot.CropWidth,
                    DownSampling = options.OneShot.DownSampling,
                    LabelDownSampling = options.OneShot.LabelDownSampling,
                    AuxiliaryWeight = 0,
                    DistillationWeight = 0,
                    Validations = 0,
                };
                Train(task, clock, cancellation);
                break;
            default:
                Train(task, clock, cancellation);
                break;
        }
    }

    private void Train(string task, StepClock clock, CancellationToken cancellation)
    {
        bool learns = task == PhaseCosts.Student && options.Training.DistillationWeight > 0;
        using DerivedNetwork? teacher = learns ? new DerivedNetwork(Draw(Role.Teacher, cancellation)).to(device) : null;
        Role role = task == PhaseCosts.Teacher ? Role.Teacher : Role.Student;
        using var training = new NetworkTraining(options, data, Draw(role, cancellation), teacher, scratch, device, clock, resume: false);
        training.Run(cancellation);
    }

    private DerivedArchitecture Draw(Role role, CancellationToken cancellation) =>
        new Evolution(space, role, known, role == Role.Student ? band : null, new() { Population = 1 }, 1, options.Seed)
            .Run(_ => default, (_, _) => { }, cancellation)[0]
            .Architecture;

    /// <summary>A table in which every operator takes as long.</summary>
    private static LatencyTable Unmeasured(SearchSpace space) =>
        new(
            new("nobody's", "", null, null, "none", null, null, null, "fp32", 1, 1, "not measured"),
            space,
            space
                .Operators(full: true)
                .Select(spec => spec.IsZeroByDefinition ? LatencyEntry.Defined(spec) : new LatencyEntry(spec, EntryOrigin.Measured, 1)),
            DateTimeOffset.UnixEpoch
        );
}
