using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.Runs;
using static TorchSharp.torch;

namespace FasterSeg.Search.Searching;

/// <summary>A whole search (paper, Section 3.4): pretraining, search, and the choice of the teacher and the student that come out of
/// it.</summary>
public sealed class SupernetSearch : ISearch
{
    private readonly FasterSegOptions options;
    private readonly SegmentationDataset data;
    private readonly RunFolder run;
    private readonly SearchHooks hooks;
    private readonly SearchState state;
    private readonly LiveTable table;
    private readonly DerivedNow derived;
    private readonly SearchPhase search;

    /// <summary>Makes a search that starts anew; <see cref="Resume"/> takes it to its checkpoint.</summary>
    /// <param name="options">The configuration.</param>
    /// <param name="data">Training and validation images.</param>
    /// <param name="table">Latencies on the target.</param>
    /// <param name="target">The band in which the derived student shall land.</param>
    /// <param name="run">Where everything is kept.</param>
    /// <param name="device">Where torch computes.</param>
    /// <param name="hooks">Whom it tells and asks.</param>
    public SupernetSearch(
        FasterSegOptions options,
        SegmentationDataset data,
        LatencyTable table,
        LatencyTarget target,
        RunFolder run,
        Device device,
        SearchHooks hooks
    )
    {
        (this.options, this.data, this.run, this.hooks) = (options, data.FittedTo(options), run, hooks);
        var patience = new Patience(hooks.Reporter, hooks.Pause, () => Patience.Kept(run.SearchCheckpoint));
        state = new SearchState(options, device, options.Searching.StartingLatencyWeight(target));
        this.table = new LiveTable(table, run, hooks, patience);
        derived = new DerivedNow(state.Model, options.Searching, target, hooks, patience);
        search = new SearchPhase(state, options, this.table, derived, run, hooks.Reporter);
    }

    /// <summary>How long the steps of the search have waited for their batches in all.</summary>
    public TimeSpan Waited => search.Waited;

    /// <inheritdoc/>
    public void Resume() => state.Load(run.SearchCheckpoint);

    /// <inheritdoc/>
    public bool IsTrained =>
        state.Progress.Pretrain.Epoch >= options.Pretrain.Epochs && state.Progress.Search.Epoch >= options.Searching.Epochs;

    /// <inheritdoc/>
    public IReadOnlyList<RoleChoice> Run(CancellationToken cancellation)
    {
        BilevelHalves halves = BilevelHalves.Of(data.Split("train"), options.Seed);
        state.Model.Supernet.train();
        new PretrainPhase(state, options, run, hooks.Reporter).Run(
            halves.Weights,
            SearchStep.On(table.Current, state.Model, options.Searching, options.Pretrain),
            cancellation
        );
        search.Run(halves, cancellation);
        (RoleChoice, ArchitectureValues)[] found =
        [
            .. new[] { Role.Teacher, Role.Student }.Select(role =>
                (derived.Choose(role, data.Split("val"), table.Current, cancellation), state.Model.Of(role).Values())
            ),
        ];
        return FoundNetworks.Keep(run, found, state.Model.Space, table.Current, hooks, cancellation);
    }

    /// <inheritdoc/>
    public void Dispose() => state.Dispose();
}
