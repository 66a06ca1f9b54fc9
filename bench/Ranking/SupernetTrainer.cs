using System.Diagnostics;
using System.Globalization;
using FasterSeg.Latency;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.OneShot;
using FasterSeg.Search.Runs;
using static TorchSharp.torch;

namespace FasterSeg.Bench.Ranking;

/// <summary>Trains a supernet, or as many as the configuration asks for, and scores all networks by them.</summary>
/// <param name="options">The benchmark's configuration.</param>
/// <param name="data">CamVid as it is published.</param>
/// <param name="work">A folder for what is not finished.</param>
/// <param name="device">Where torch computes.</param>
/// <param name="onValidation">Score on the validation images, as no search may: what the choice of held-out images costs.</param>
internal sealed class SupernetTrainer(FasterSegOptions options, SegmentationDataset data, string work, Device device, bool onValidation)
{
    private readonly SearchSpace space = options.Space.ToSpace();

    /// <summary>Trains, or goes on with a training that was interrupted, and scores.</summary>
    /// <param name="name">What is trained, and how.</param>
    /// <param name="networks">What to score.</param>
    /// <param name="table">Latencies.</param>
    /// <param name="targetMs">The band's middle.</param>
    /// <param name="cancellation">Stops the training; the next call goes on.</param>
    public SupernetScores Run(
        string name,
        IReadOnlyList<RankedNetwork> networks,
        LatencyTable table,
        double targetMs,
        CancellationToken cancellation
    )
    {
        string folder = Path.Combine(work, FormattableString.Invariant($"supernet-{name.Replace(' ', '-')}-s{options.Seed}"));
        RunFolder run = RunFolder.Exists(folder) ? RunFolder.Open(folder) : RunFolder.Create(folder);
        ConfigurationLoader.Save(options, run.Configuration);
        HeldOutImages images = HeldOutImages.Of(data.FittedTo(options).Train, options.OneShot.HeldOut, options.Seed);
        using var training = new SupernetTrainings(options, images.Weights, table, targetMs, run, device, new QuietReporter());
        if (training.HasCheckpoint)
            training.Resume();
        using ScoringWeights weights = Trained(training, run.In("training-seconds.txt"), out double trainingSeconds, cancellation);
        double trained = Seconds();
        HeldOutImages scored = onValidation ? new(images.Weights, data.FittedTo(options).Validation) : images;
        using var evaluation = new HeldOutEvaluation(options, scored, device);
        var scores = networks.ToDictionary(
            network => network.Name,
            network => weights.Score(network.Architecture(space), evaluation, device, options.OneShot.AdaptationSteps)
        );
        if (ScoreAgreement.Of([.. scores.Values]) is { } agreement)
            Console.WriteLine(agreement.Sentence);
        return new(
            name,
            options.Seed,
            Math.Round(trainingSeconds, 1),
            Math.Round(Seconds() - trained, 1),
            scores.ToDictionary(pair => pair.Key, pair => Math.Round(pair.Value.Loss, 5)),
            scores.ToDictionary(pair => pair.Key, pair => Math.Round(pair.Value.MeanIou, 5)),
            MachineOptions.Here().Processor
        );
    }

    /// <summary>Trains to the end. What it took before an interruption counts, too.</summary>
    private static ScoringWeights Trained(SupernetTrainings training, string clock, out double seconds, CancellationToken cancellation)
    {
        double earlier = File.Exists(clock) ? double.Parse(File.ReadAllText(clock), CultureInfo.InvariantCulture) : 0,
            before = Seconds();
        try
        {
            return training.Run(cancellation);
        }
        finally
        {
            seconds = earlier + Seconds() - before;
            AtomicFile.WriteAllText(clock, seconds.ToString(CultureInfo.InvariantCulture));
        }
    }

    private static double Seconds() => Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds;
}
