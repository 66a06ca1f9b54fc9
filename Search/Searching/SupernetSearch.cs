using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.Regularizing;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FasterSeg.Search.Searching;

/// <summary>
/// Pretraining and search (paper, Section 3.4): half of the images trains the supernet's weights, the other half alpha, beta and
/// gamma, in turns. After each epoch both networks are derived and the latency's weight is steered.
/// </summary>
public sealed class SupernetSearch : IDisposable
{
    private const string PretrainPhase = "pretrain",
        SearchPhase = DerivedNow.Phase;

    private readonly FasterSegOptions options;
    private readonly SearchingOptions searching;
    private readonly SegmentationDataset data;
    private readonly RunFolder run;
    private readonly IProgressReporter reporter;
    private readonly SearchModel model;
    private readonly OptimizerHelper pretrainOptimizer,
        weightOptimizer,
        architectureOptimizer;
    private readonly Func<LatencyTable?> newerTable;
    private readonly INetworkPictures? pictures;
    private readonly DerivedNow derived;
    private readonly Patience patience;
    private LatencyTable table;
    private SearchStep step;
    private SearchProgress progress;

    /// <summary>Makes a search that starts anew; <see cref="Resume"/> takes it to its checkpoint.</summary>
    /// <param name="options">The configuration.</param>
    /// <param name="data">Training and validation images.</param>
    /// <param name="table">Latencies on the target.</param>
    /// <param name="target">The band in which the derived student shall land.</param>
    /// <param name="run">Where everything is kept.</param>
    /// <param name="device">Where torch computes.</param>
    /// <param name="reporter">Tells the user.</param>
    /// <param name="newerTable">Asked between two steps of the search for a newer version of the table; null where the table stays.</param>
    /// <param name="measurement">Measures the derived networks from time to time; null leaves them to the table.</param>
    /// <param name="pictures">Draws the derived networks; null draws none.</param>
    /// <param name="pause">Between two attempts where the disk is full or the profiler away; null is ten seconds.</param>
    public SupernetSearch(
        FasterSegOptions options,
        SegmentationDataset data,
        LatencyTable table,
        LatencyTarget target,
        RunFolder run,
        Device device,
        IProgressReporter reporter,
        Func<LatencyTable?>? newerTable = null,
        DerivedMeasurement? measurement = null,
        INetworkPictures? pictures = null,
        TimeSpan? pause = null
    )
    {
        (this.options, this.data, this.table, this.run, this.reporter) = (options, data, table, run, reporter);
        (searching, this.newerTable, this.pictures) = (options.Searching, newerTable ?? (() => null), pictures);
        patience = new Patience(reporter, pause);
        manual_seed(options.Seed);
        var space = options.Space.ToSpace();
        model = new SearchModel(space, device);
        step = StepOn(table, searching);
        derived = new DerivedNow(model, searching, target, measurement, patience, reporter, pictures);
        pretrainOptimizer = Sgd(options.Pretrain);
        weightOptimizer = Sgd(searching);
        architectureOptimizer = optim.Adam(model.ArchitectureParameters, searching.ArchitectureLearningRate, 0.5, 0.999);
        progress = new SearchProgress(default, default, searching.StartingLatencyWeight(target));
    }

    /// <summary>How long the steps of the search have waited for their batches in all.</summary>
    public TimeSpan Waited { get; private set; }

    /// <summary>Takes everything to the run's checkpoint.</summary>
    public void Resume() =>
        progress = run.SearchCheckpoint.Read(reader =>
        {
            SearchProgress at = SearchProgress.Read(reader);
            model.Load(reader);
            foreach (var optimizer in Optimizers(at))
                optimizer.load_state_dict(reader);
            // An optimizer's state brings its old rate along; what the configuration says now counts, as it does for the weights at each
            // step.
            foreach (var group in architectureOptimizer.ParamGroups)
                group.LearningRate = searching.ArchitectureLearningRate;
            set_rng_state(TensorExtensionMethods.Load(reader));
            return at;
        });

    /// <summary>Runs what is left of both phases, derives both networks and writes them to the run folder.</summary>
    /// <returns>For teacher and student the network that wins, and the other.</returns>
    public IReadOnlyList<RoleChoice> Run(CancellationToken cancellation)
    {
        BilevelHalves halves = BilevelHalves.Of(data.Split("train"), options.Seed);
        model.Supernet.train();
        Pretrain(halves, cancellation);
        Search(halves, cancellation);
        RoleChoice[] choices =
        [
            .. new[] { Role.Teacher, Role.Student }.Select(role => derived.Choose(role, data.Split("val"), table, cancellation)),
        ];
        patience.Run(
            "The search",
            () =>
            {
                SearchResultFile.Write(run, model, choices);
                foreach (RoleChoice choice in choices)
                    pictures?.Save(run, derived.Plan(choice.Winner.Architecture), table);
            },
            cancellation
        );
        return choices;
    }

    private void Pretrain(BilevelHalves halves, CancellationToken cancellation)
    {
        PhaseOptions phase = options.Pretrain;
        SearchStep pretraining = StepOn(table, phase);
        using var batches = Batches(halves.Weights, phase, options.Seed + 1, progress.Pretrain);
        using var log = ScalarLog.Open(run, PretrainPhase, progress.Pretrain, batches.StepsPerEpoch);
        new PhaseLoop(PretrainPhase, phase, batches.StepsPerEpoch).Run(
            progress.Pretrain,
            (at, rate) =>
            {
                Batch batch = batches.Next();
                var (images, labels) = batch.ToTensors(model.Device);
                ClearGradients();
                Role role = ((at.Epoch * batches.StepsPerEpoch) + at.Step) % 2 == 0 ? Role.Teacher : Role.Student;
                double loss = pretraining.BackwardPretraining(images, labels, role);
                return new([("loss", loss), (GradientNorm.Scalar, Step(pretrainOptimizer, phase, rate))], batch.Names);
            },
            new(run.SearchCheckpoint, next => Save(progress = progress with { Pretrain = next })),
            log,
            reporter,
            cancellation
        );
    }

    private void Search(BilevelHalves halves, CancellationToken cancellation)
    {
        using var weightBatches = Batches(halves.Weights, searching, options.Seed + 2, progress.Search);
        using var architectureBatches = Batches(
            halves.Architecture,
            searching,
            options.Seed + 3,
            progress.Search,
            weightBatches.StepsPerEpoch
        );
        using var log = ScalarLog.Open(run, SearchPhase, progress.Search, weightBatches.StepsPerEpoch);
        new PhaseLoop(SearchPhase, searching, weightBatches.StepsPerEpoch).Run(
            progress.Search,
            (at, rate) =>
            {
                double? change = TakeNewerTable(at, cancellation);
                Batch ownBatch = weightBatches.Next(),
                    heldBatch = architectureBatches.Next();
                Waited = weightBatches.Waited + architectureBatches.Waited;
                (Tensor Images, Tensor Labels) own = ownBatch.ToTensors(model.Device),
                    held = heldBatch.ToTensors(model.Device);
                architectureOptimizer.zero_grad();
                (double task, double milliseconds) = searching.SecondOrder
                    ? new UnrolledStep(model, step, searching).Backward(own, held, rate, progress.LatencyWeight)
                    : step.BackwardToArchitecture(held.Images, held.Labels, progress.LatencyWeight);
                double pull = GradientNorm.Clip(model.ArchitectureParameters, largest: 0);
                architectureOptimizer.step();

                ClearGradients();
                double loss = step.BackwardToWeights(own.Images, own.Labels);
                double gradient = Step(weightOptimizer, searching, rate);
                (string, double)[] scalars =
                [
                    ("loss", loss),
                    ("architecture_loss", task),
                    ("latency_ms", milliseconds),
                    (GradientNorm.Scalar, gradient),
                    ("architecture_" + GradientNorm.Scalar, pull),
                    .. change is { } ratio ? [("table_ratio", ratio)] : Array.Empty<(string, double)>(),
                ];
                return new(scalars, [.. ownBatch.Names, .. heldBatch.Names]);
            },
            new(run.SearchCheckpoint, next => Save(progress = progress with { Search = next })),
            log,
            reporter,
            cancellation,
            epochEnd: epoch =>
                progress = progress with { LatencyWeight = derived.Steer(LastOf(epoch), table, progress.LatencyWeight, log) },
            afterEpoch: epoch => derived.Measure(LastOf(epoch), table, log, cancellation)
        );

        BatchPosition LastOf(int epoch) => new(epoch, weightBatches.StepsPerEpoch - 1);
    }

    private SearchStep StepOn(LatencyTable latencies, PhaseOptions phase)
    {
        var regularizer = new LatencyRegularizer(latencies, model.Space, Role.Student);
        double[] w = NumberList.Parse(searching.DecoupledWeights);
        ILatencyPenalty penalty =
            searching.LatencyTerms == "joint" ? new JointLatency(regularizer) : new DecoupledLatency(regularizer, w[0], w[1], w[2]);
        return new(model, penalty, phase, searching.LatencyWidths == "sampled");
    }

    /// <summary>Goes on with a newer version of the table, where there is one; the run keeps both.</summary>
    /// <returns>The median ratio of its latencies to those before; null where nothing changed.</returns>
    private double? TakeNewerTable(BatchPosition at, CancellationToken cancellation)
    {
        if (newerTable() is not { } newer)
            return null;
        TableComparison change = TableComparison.Of(table, newer);
        double ratio = TableComparison.MedianRatio(change.Entries);
        patience.Run(
            "The search",
            () =>
            {
                LatencyTableJson.Save(table, run.In($"table-{LatencyTableJson.IdOf(table)}.json"));
                LatencyTableJson.Save(newer, run.Table);
            },
            cancellation
        );
        (table, step) = (newer, StepOn(newer, searching));
        reporter.Say(
            FormattableString.Invariant(
                $"epoch {at.Epoch + 1}, step {at.Step + 1}: goes on with a newer table ({LatencyTableJson.IdOf(newer)}): median "
            )
                + FormattableString.Invariant(
                    $"ratio to the one before {ratio:F4}, 95 % of the operators within {100 * change.Deviation(0.95):F1} %"
                )
        );
        return ratio;
    }

    /// <summary>Those that have a state: each holds as much as the weights, and the other phase's is over or has not begun.</summary>
    private OptimizerHelper[] Optimizers(SearchProgress at) =>
        at.Pretrain.Epoch < options.Pretrain.Epochs ? [pretrainOptimizer] : [weightOptimizer, architectureOptimizer];

    private void Save(SearchProgress at) =>
        run.SearchCheckpoint.Write(writer =>
        {
            at.Write(writer);
            model.Save(writer);
            foreach (var optimizer in Optimizers(at))
                optimizer.save_state_dict(writer);
            using Tensor random = get_rng_state();
            TensorExtensionMethods.Save(random, writer);
        });

    /// <summary>
    /// Takes the gradients away instead of filling them with 0, as an optimizer's own method does here: with a gradient of 0,
    /// decay and momentum would go on moving what a step does not use, such as the other role's stem.
    /// </summary>
    private void ClearGradients() => model.Supernet.zero_grad(set_to_none: true);

    /// <summary>Moves the weights.</summary>
    /// <returns>The norm of their gradient, before it was clipped.</returns>
    private double Step(OptimizerHelper optimizer, PhaseOptions phase, double rate)
    {
        double norm = GradientNorm.Clip(model.Weights, phase.GradientClip);
        foreach (var group in optimizer.ParamGroups)
            group.LearningRate = rate;
        optimizer.step();
        return norm;
    }

    private OptimizerHelper Sgd(PhaseOptions phase) =>
        optim.SGD(model.Weights, phase.LearningRate, phase.Momentum, weight_decay: phase.WeightDecay);

    // Both halves of a search walk in step, whichever has a sample more: its epochs are the weights'.
    private BatchSource Batches(ISampleSource samples, PhaseOptions phase, int seed, BatchPosition start, int steps = 0) =>
        new(BatchPlan.From(samples, options.Data, phase, seed, labelStride: 8, steps), options.Data, start);

    /// <inheritdoc/>
    public void Dispose()
    {
        pretrainOptimizer.Dispose();
        weightOptimizer.Dispose();
        architectureOptimizer.Dispose();
        model.Dispose();
    }
}
