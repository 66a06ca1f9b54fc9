using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
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

    private readonly FasterSegOptions options;
    private readonly LatencyTarget target;
    private readonly SegmentationDataset data;
    private readonly RunFolder run;
    private readonly Device device;
    private readonly SearchHooks hooks;
    private readonly Patience patience;
    private readonly HeldOutImages images;
    private readonly LiveTable table;
    private readonly SupernetTrainings trainings;

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
        data = data.FittedTo(options);
        (this.options, this.data, this.target, this.run, this.device, this.hooks) = (options, data, target, run, device, hooks);
        patience = new Patience(hooks.Reporter, hooks.Pause, () => Patience.Kept(run.SearchCheckpoint));
        images = HeldOutImages.Of(data.Split("train"), options.OneShot.HeldOut, options.Seed);
        this.table = new LiveTable(table, run, hooks, patience);
        trainings = new SupernetTrainings(options, images.Weights, table, target.MiddleMs, run, device, hooks.Reporter);
    }

    /// <inheritdoc/>
    public void Resume() => trainings.Resume();

    /// <inheritdoc/>
    public bool IsTrained => trainings.AreDone;

    /// <inheritdoc/>
    public IReadOnlyList<RoleChoice> Run(CancellationToken cancellation)
    {
        using ScoringWeights weights = trainings.Run(cancellation);
        // Whoever scores or trains finalists in it at the same time would do it all twice.
        using RunLock held = RunLock.Take(run);
        table.TakeNewer(new(options.OneShot.Epochs, 0), cancellation);
        using var evaluation = new HeldOutEvaluation(options, images, device) { Cancellation = cancellation };
        KnownScores known = weights.Known(run, evaluation, device);
        AdaptedScores adapted = weights.KnownAdapted(run, evaluation, device);
        Func<DerivedArchitecture, NetworkScore> score = network => patience.Run("The search", () => known.Of(network), cancellation);
        var choice = new SupernetChoice(options, table.Current, score, hooks.Reporter);
        ScoredNetwork teacher =
                choice.Ranked(
                    Role.Teacher,
                    band: null,
                    Math.Max(1, options.OneShot.Networks / TeachersAmongNetworks),
                    "scores_teacher",
                    cancellation
                )[0],
            student = Student(choice.Ranked(Role.Student, target, options.OneShot.Networks, "scores_student", cancellation));
        (RoleChoice, ArchitectureValues)[] found =
        [
            .. new[] { teacher, student }.Select(winner => (choice.Choice(winner), winner.Genotype.Values)),
        ];
        return FoundNetworks.Keep(run, found, options.Space.ToSpace(), table.Current, hooks, cancellation);

        ScoredNetwork Student(IReadOnlyList<ScoredNetwork> ranked)
        {
            if (ScoreAgreement.Of([.. ranked.Select(one => one.Score)]) is { } agreement)
            {
                patience.Run("The search", () => agreement.Save(run), cancellation);
                hooks.Reporter.Say(agreement.Sentence);
            }
            IReadOnlyList<ScoredNetwork> ordered = new AdaptedChoice(
                options,
                table.Current,
                target,
                score,
                (network, steps) => patience.Run("The search", () => adapted.Of(network, steps), cancellation),
                hooks.Reporter
            ).Ordered(ranked, cancellation);
            ScoredNetwork winner =
                options.Halving.Finalists > 1
                    ? new Halving(options, data, images, evaluation, run, device, hooks.Reporter, weights).Winner(ordered, cancellation)
                    : ordered[0];
            hooks.Reporter.Say(
                $"The student {Place(ranked.ToList().FindIndex(one => one.Architecture.Equals(winner.Architecture)) + 1)}{Chooser}: "
                    + FormattableString.Invariant($"{winner.Architecture.Pair}, estimate {winner.EstimateMs:F3} ms, with shared weights ")
                    + FormattableString.Invariant($"loss {winner.Score.Loss:F4} and mIoU {100 * winner.Score.MeanIou:F2} %.")
            );
            return winner;

            string Place(int place) =>
                place > 0
                    ? FormattableString.Invariant($"is number {place} of {ranked.Count} by score")
                    : "descends from networks that had steps of their own";
        }
    }

    /// <summary>What decided between the best by score.</summary>
    private string Chooser =>
        options.Halving.Finalists > 1 ? ", the finalist that was trained best"
        : options.OneShot.AdaptationSteps > 0 ? ", the best after steps of its own"
        : "";

    /// <inheritdoc/>
    public void Dispose() => trainings.Dispose();
}
