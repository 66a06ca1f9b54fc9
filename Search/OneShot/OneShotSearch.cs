using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Searching;
using static TorchSharp.torch;

namespace FasterSeg.Search.OneShot;

/// <summary>
/// A search by shared weights: these are trained one network at a time on a part of the training images; evolution then scores networks on
/// the other part. The student is the best in the band, the teacher the best at full width, whatever it takes.
/// </summary>
public sealed class OneShotSearch : ISearch
{
    // A teacher has no widths, and no band to be in.
    private const int TeachersAmongNetworks = 4;
    private const string Phase = "scores";

    private readonly FasterSegOptions options;
    private readonly SearchSpace space;
    private readonly LatencyTarget target;
    private readonly SegmentationDataset data;
    private readonly RunFolder run;
    private readonly Device device;
    private readonly SearchHooks hooks;
    private readonly Patience patience;
    private readonly HeldOutImages images;
    private readonly LiveTable table;
    private readonly OneShotTraining training;

    /// <summary>Makes a search that starts anew; <see cref="Resume"/> takes it to its checkpoint.</summary>
    /// <param name="options">The configuration.</param>
    /// <param name="data">Training images; validation images decide nothing.</param>
    /// <param name="table">Latencies on the target.</param>
    /// <param name="target">The band that the student lies in.</param>
    /// <param name="run">Where everything is kept.</param>
    /// <param name="device">Where torch computes.</param>
    /// <param name="hooks">Whom it tells and asks.</param>
    public OneShotSearch(
        FasterSegOptions options,
        SegmentationDataset data,
        LatencyTable table,
        LatencyTarget target,
        RunFolder run,
        Device device,
        SearchHooks hooks
    )
    {
        (this.options, this.data, this.target, this.run, this.device, this.hooks) = (options, data, target, run, device, hooks);
        space = options.Space.ToSpace();
        patience = new Patience(hooks.Reporter, hooks.Pause);
        images = HeldOutImages.Of(data.Split("train"), options.OneShot.HeldOut, options.Seed);
        this.table = new LiveTable(table, run, hooks, patience);
        training = new OneShotTraining(
            options,
            images.Weights,
            seed => new PathSampler(space, table, target.MiddleMs, seed),
            run,
            device,
            hooks.Reporter
        );
    }

    /// <inheritdoc/>
    public void Resume() => training.Resume();

    /// <inheritdoc/>
    public IReadOnlyList<RoleChoice> Run(CancellationToken cancellation)
    {
        training.Run(cancellation);
        table.TakeNewer(new(options.OneShot.Epochs, 0), cancellation);
        using var evaluation = new HeldOutEvaluation(options, images, device);
        var scorer = new NetworkScorer(training.Supernet, evaluation, device);
        var known = new KnownScores(run.In("scores.jsonl"), scorer.Score);
        (RoleChoice Choice, ArchitectureValues Values)[] found =
        [
            .. new[] { Role.Teacher, Role.Student }.Select(role => Choose(role, known, evaluation, cancellation)),
        ];
        patience.Run(
            "The search",
            () =>
            {
                SearchResultFile.Write(run, found);
                foreach ((RoleChoice choice, _) in found)
                    hooks.Pictures?.Save(run, NetworkPlan.Of(choice.Winner.Architecture, space), table.Current);
            },
            cancellation
        );
        return [.. found.Select(each => each.Choice)];
    }

    /// <inheritdoc/>
    public void Dispose() => training.Dispose();

    private (RoleChoice, ArchitectureValues) Choose(
        Role role,
        KnownScores scores,
        HeldOutEvaluation evaluation,
        CancellationToken cancellation
    )
    {
        int count = role == Role.Student ? options.OneShot.Networks : Math.Max(1, options.OneShot.Networks / TeachersAmongNetworks);
        string phase = $"{Phase}_{role.Name()}";
        double best = double.PositiveInfinity;
        var evolution = new Evolution(
            space,
            role,
            table.Current,
            role == Role.Student ? target : null,
            options.OneShot,
            count,
            options.Seed
        );
        IReadOnlyList<ScoredNetwork> ranked = evolution.Run(
            network => patience.Run("The search", () => scores.Of(AsStudent(network)), cancellation),
            (network, done) =>
            {
                best = Math.Min(best, network.Score.Loss);
                hooks.Reporter.Report(phase, done, count, latest: FormattableString.Invariant($"best loss {best:F4}"));
            },
            cancellation
        );
        ScoredNetwork winner =
            role == Role.Student && options.Halving.Finalists > 1
                ? new Halving(options, data, images, evaluation, run, device, hooks.Reporter).Winner(
                    [.. ranked.Take(options.Halving.Finalists)],
                    cancellation
                )
                : ranked[0];
        hooks.Reporter.Say(
            FormattableString.Invariant($"{role.Name()}: {winner.Architecture.Pair}, estimate {winner.EstimateMs:F3} ms, with shared ")
                + FormattableString.Invariant($"weights loss {winner.Score.Loss:F4}, mIoU {100 * winner.Score.MeanIou:F2} %")
        );
        DerivedArchitecture other = (winner.Genotype with { ShallowEnd = 1 - winner.Genotype.ShallowEnd }).Derive(space, role);
        return (
            new(
                role,
                new(winner.Architecture, winner.Score.MeanIou, winner.EstimateMs),
                new(other, scores.Of(AsStudent(other)).MeanIou, NetworkEstimate.Of(table.Current, NetworkPlan.Of(other, space)).TotalMs)
            ),
            winner.Genotype.Values
        );
    }

    /// <summary>With the stem and head that the shared weights have: they are the same for all teachers.</summary>
    private DerivedArchitecture AsStudent(DerivedArchitecture network) =>
        network with
        {
            Role = Role.Student,
            StemRatio = space.StemRatio(Role.Student),
            HeadRatio = space.HeadRatio(Role.Student),
        };
}
