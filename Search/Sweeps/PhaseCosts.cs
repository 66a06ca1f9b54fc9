using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.OneShot;

namespace FasterSeg.Search.Sweeps;

/// <summary>Counts the steps and images of a chain from its configuration and its data.</summary>
public static class PhaseCosts
{
    // What their progress is called.
    internal const string Pretrain = "pretrain",
        Search = "search",
        Adaptation = "scores_adapted",
        HalvingTrainings = "halving",
        Teacher = "train_teacher",
        Student = "train_student",
        Evaluate = "evaluate";

    /// <summary>The phases of some stages.</summary>
    /// <param name="options">The chain's configuration.</param>
    /// <param name="data">Its images.</param>
    /// <param name="stages">Its stages.</param>
    public static IReadOnlyList<PhaseCost> Of(FasterSegOptions options, SegmentationDataset data, IEnumerable<SweepStage> stages) =>
        [.. stages.SelectMany(stage => Of(stage, options, data)).Where(cost => cost.Images > 0)];

    private static IEnumerable<PhaseCost> Of(SweepStage stage, FasterSegOptions options, SegmentationDataset data) =>
        stage switch
        {
            SweepStage.Search => OfSearch(options, data.Train.Count),
            SweepStage.Teacher or SweepStage.Student =>
            [
                Steps(stage, stage == SweepStage.Teacher ? Teacher : Student, options.Training, data.Train.Count),
            ],
            SweepStage.Eval => [new(stage, Evaluate, 0, data.Validation.Count)],
            _ => [],
        };

    private static IEnumerable<PhaseCost> OfSearch(FasterSegOptions options, int images)
    {
        int weights = Math.Max(1, images - Math.Max(1, (int)Math.Round(options.OneShot.HeldOut * images)));
        switch (options.Searching.Method)
        {
            case SearchMethod.Differentiable:
                yield return Steps(SweepStage.Search, Pretrain, options.Pretrain, images / 2);
                PhaseCost search = Steps(SweepStage.Search, Search, options.Searching, images / 2);
                // A step on the parameters and one on the weights, each with images of its own.
                yield return search with
                {
                    Images = 2 * search.Images,
                };
                break;
            case SearchMethod.Oneshot:
                PhaseCost one = Steps(SweepStage.Search, Search, options.OneShot, weights);
                yield return one with
                {
                    Steps = options.OneShot.Supernets * one.Steps,
                    Images = (long)options.OneShot.Supernets * options.OneShot.Paths * one.Images,
                };
                long adapted = AdaptedChoice.Steps(AdaptedChoice.Rungs(options.OneShot)) * ScoringWeights.SetsOf(options.OneShot);
                yield return new(SweepStage.Search, Adaptation, adapted, adapted * options.OneShot.Batch);
                break;
        }
        if (options.Searching.Method == SearchMethod.Differentiable)
            yield break;
        long halving = AdaptedChoice.Steps(options.Halving.Rungs(options.Halving.Finalists));
        if (halving > 0)
            yield return new(SweepStage.Search, HalvingTrainings, halving, halving * options.Training.Batch);
    }

    private static PhaseCost Steps(SweepStage stage, string task, PhaseOptions phase, int images)
    {
        long steps = (long)phase.Epochs * (phase.StepsPerEpoch > 0 ? phase.StepsPerEpoch : Math.Max(1, images / phase.Batch));
        return new(stage, task, steps, steps * phase.Batch);
    }
}
