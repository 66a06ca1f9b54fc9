using FasterSeg.Latency.Networks;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.Networks;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Training;
using static TorchSharp.torch;

namespace FasterSeg.Search.OneShot;

/// <summary>Successive halving by real trainings: each from scratch, with a learning rate that falls to its end.</summary>
/// <param name="options">The configuration.</param>
/// <param name="data">Whose classes count; validation images decide nothing.</param>
/// <param name="images">What trains and what evaluates.</param>
/// <param name="evaluation">Of the held-out images.</param>
/// <param name="run">Where results and unfinished trainings are kept.</param>
/// <param name="device">Where torch computes.</param>
/// <param name="reporter">Tells the user.</param>
public sealed class Halving(
    FasterSegOptions options,
    SegmentationDataset data,
    HeldOutImages images,
    HeldOutEvaluation evaluation,
    RunFolder run,
    Device device,
    IProgressReporter reporter
)
{
    private const string Phase = "halving";

    /// <summary>Which of these networks wins.</summary>
    /// <param name="finalists">The best by score first: a tie goes to them.</param>
    /// <param name="cancellation">Keeps what there is, then stops.</param>
    public ScoredNetwork Winner(IReadOnlyList<ScoredNetwork> finalists, CancellationToken cancellation)
    {
        int total = Trainings(finalists.Count).Sum(rung => rung.Networks),
            done = 0;
        IReadOnlyList<ScoredNetwork> left = finalists;
        foreach (var (networks, steps) in Trainings(finalists.Count))
        {
            int length = steps;
            var known = new KnownScores(run.In(FormattableString.Invariant($"halving-{length}.jsonl")), network =>
                Train(network, length, cancellation)
            );
            var results = new List<(ScoredNetwork Network, NetworkScore Score)>();
            foreach (ScoredNetwork network in left.Take(networks))
            {
                cancellation.ThrowIfCancellationRequested();
                results.Add((network, known.Of(network.Architecture)));
                reporter.Report(
                    Phase,
                    ++done,
                    total,
                    latest: FormattableString.Invariant($"{length} steps: loss {results[^1].Score.Loss:F4}")
                );
            }
            left = [.. results.OrderBy(result => result.Score.Loss).Select(result => result.Network)];
        }
        return left[0];
    }

    /// <summary>Networks and steps of each rung: half as many networks and twice as many steps, until two are left to decide
    /// between.</summary>
    private IEnumerable<(int Networks, int Steps)> Trainings(int finalists)
    {
        for ((int networks, int steps) = (finalists, options.Halving.Steps); networks > 1; networks = (networks + 1) / 2, steps *= 2)
            yield return (networks, steps);
    }

    private NetworkScore Train(DerivedArchitecture architecture, int steps, CancellationToken cancellation)
    {
        // Of each length only one is under way at a time; one that was interrupted goes on.
        string path = run.In(FormattableString.Invariant($"{Phase}-{steps}"));
        RunFolder folder = RunFolder.Exists(path) ? RunFolder.Open(path) : RunFolder.Create(path);
        FasterSegOptions own = Own(folder, steps);
        CheckpointFile checkpoint = folder.TrainingCheckpoint(architecture.Role);
        bool goesOn = checkpoint.Exists && IsOf(folder, architecture);
        if (!goesOn)
            DerivedArchitectureJson.Save(architecture, folder.Architecture(architecture.Role));
        using (
            var training = new NetworkTraining(
                own,
                data with
                {
                    Train = images.Weights,
                },
                architecture,
                teacher: null,
                folder,
                device,
                new Silent(reporter),
                resume: goesOn
            )
        )
            training.Run(cancellation);
        using DerivedNetwork trained = new TrainingCheckpoint(checkpoint).LoadNetwork(device, out _);
        NetworkScore score = evaluation.Evaluate(trained);
        Directory.Delete(path, recursive: true);
        return score;
    }

    private static bool IsOf(RunFolder folder, DerivedArchitecture architecture) =>
        File.Exists(folder.Architecture(architecture.Role))
        && DerivedArchitectureJson.Load(folder.Architecture(architecture.Role)).Equals(architecture);

    /// <summary>A copy of the configuration, of one epoch of so many steps.</summary>
    private FasterSegOptions Own(RunFolder folder, int steps)
    {
        ConfigurationLoader.Save(options, folder.Configuration);
        FasterSegOptions own = ConfigurationLoader.Load(folder.Configuration);
        // Held-out images judge a network once it is trained; validation images decide nothing here.
        (own.Training.Epochs, own.Training.StepsPerEpoch, own.Training.Validations) = (1, steps, 0);
        // A rate that falls by epochs would not fall here; and without that a training's end says little of the network.
        if (own.Training.PolyPower == 0)
            own.Training.PolyPower = 0.9;
        return own;
    }

    private sealed class Silent(IProgressReporter inner) : IProgressReporter
    {
        public void Report(string task, double done, double total, TimeSpan? left = null, string latest = "") { }

        public void Say(string line) => inner.Say(line);
    }
}
