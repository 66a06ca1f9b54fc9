using FasterSeg.Latency.Networks;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.Regularizing;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace FasterSeg.Search.Searching;

/// <summary>
/// The search itself (paper, Section 3.4): half of the images trains the supernet's weights, the other half alpha, beta and gamma, in
/// turns. After each epoch both networks are derived and the latency's weight is steered.
/// </summary>
/// <param name="state">What is trained.</param>
/// <param name="options">The configuration.</param>
/// <param name="table">The latencies.</param>
/// <param name="derived">Derives, steers and measures.</param>
/// <param name="run">Keeps scalars and checkpoint.</param>
/// <param name="reporter">Tells the user.</param>
internal sealed class SearchPhase(
    SearchState state,
    FasterSegOptions options,
    LiveTable table,
    DerivedNow derived,
    RunFolder run,
    IProgressReporter reporter
)
{
    /// <summary>Its name in the log.</summary>
    public const string Name = "search";

    private readonly SearchingOptions searching = options.Searching;
    private SearchStep step = SearchStep.On(table.Current, state.Model, options.Searching, options.Searching);
    private LatencyRegularizer expected = new(table.Current, state.Model.Space, Role.Student);

    /// <summary>How long its steps have waited for their batches in all.</summary>
    public TimeSpan Waited { get; private set; }

    /// <summary>Runs what is left of it.</summary>
    /// <param name="halves">The images.</param>
    /// <param name="cancellation">Saves, then stops.</param>
    public void Run(BilevelHalves halves, CancellationToken cancellation)
    {
        BatchPosition start = state.Progress.Search;
        state.Progress = derived.Begin(state.Progress, table.Current, ExpectedMs());
        BatchPlan own = BatchPlan.From(halves.Weights, options.Data, searching, options.Seed + 2, SearchStep.LabelStride);
        // Both halves walk in step, whichever has a sample more: the epochs are the weights'.
        BatchPlan held = BatchPlan.From(
            halves.Architecture,
            options.Data,
            searching,
            options.Seed + 3,
            SearchStep.LabelStride,
            own.StepsPerEpoch
        );
        using var ownBatches = new BatchSource(own, options.Data, start);
        using var heldBatches = new BatchSource(held, options.Data, start);
        using var log = ScalarLog.Open(run, Name, start, own.StepsPerEpoch);
        new PhaseLoop(Name, searching, own.StepsPerEpoch).Run(
            start,
            (at, rate) =>
            {
                double? change = table.TakeNewer(at, cancellation);
                if (change is not null)
                {
                    step = SearchStep.On(table.Current, state.Model, searching, searching);
                    expected = new LatencyRegularizer(table.Current, state.Model.Space, Role.Student);
                }
                Batch ownBatch = ownBatches.Next(),
                    heldBatch = heldBatches.Next();
                Waited = ownBatches.Waited + heldBatches.Waited;
                return new(
                    [
                        .. Train(ownBatch.ToTensors(state.Model.Device), heldBatch.ToTensors(state.Model.Device), rate),
                        .. change is { } ratio ? [("table_ratio", ratio)] : Array.Empty<(string, double)>(),
                    ],
                    [.. ownBatch.Names, .. heldBatch.Names]
                );
            },
            new(run.SearchCheckpoint, next =>
            {
                state.Progress = state.Progress with { Search = next };
                state.Save(run.SearchCheckpoint);
            }),
            log,
            reporter,
            cancellation,
            epochEnd: epoch => state.Progress = derived.Steer(LastOf(epoch), table.Current, state.Progress, ExpectedMs(), log),
            afterEpoch: epoch => derived.Measure(LastOf(epoch), table.Current, log, cancellation)
        );

        BatchPosition LastOf(int epoch) => new(epoch, own.StepsPerEpoch - 1);
    }

    /// <summary>The student's latency as its parameters are now, in expectation over operators, paths and widths: the sum over the three
    /// scales, ms.</summary>
    private double ExpectedMs()
    {
        using IDisposable noGradient = no_grad();
        using IDisposable scope = NewDisposeScope();
        ArchitectureParameters student = state.Model.Student;
        return expected.Of(student.Relaxed(), student.WidthProbabilities()).Sum.ToDouble();
    }

    /// <summary>One step of alpha, beta and gamma, then one of the weights.</summary>
    /// <returns>What is logged of them.</returns>
    private (string, double)[] Train((Tensor Images, Tensor Labels) own, (Tensor Images, Tensor Labels) held, double rate)
    {
        double weight = state.Progress.Lagrangian is { } lagrangian
            ? lagrangian.WeightAt(searching.LatencyPenalty, ExpectedMs())
            : state.Progress.LatencyWeight;
        state.ClearArchitectureGradients();
        (double task, double milliseconds) = searching.SecondOrder
            ? new UnrolledStep(state.Model, step, searching).Backward(own, held, rate, weight)
            : step.BackwardToArchitecture(held.Images, held.Labels, weight);
        double pull = state.MoveArchitecture();

        state.ClearWeightGradients();
        double loss = step.BackwardToWeights(own.Images, own.Labels);
        double gradient = state.MoveWeights(rate);
        return
        [
            ("loss", loss),
            ("architecture_loss", task),
            ("latency_ms", milliseconds),
            (GradientNorm.Scalar, gradient),
            ("architecture_" + GradientNorm.Scalar, pull),
        ];
    }
}
