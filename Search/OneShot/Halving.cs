using FasterSeg.Latency;
using FasterSeg.Latency.Networks;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.Networks;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Training;
using static TorchSharp.torch;

namespace FasterSeg.Search.OneShot;

/// <summary>Successive halving by real trainings: each from scratch or from shared weights, with a learning rate that falls to its end. One
/// after the other, or several at a time in processes of their own, with the same result.</summary>
/// <param name="options">The configuration.</param>
/// <param name="data">Whose classes count; validation images decide nothing.</param>
/// <param name="images">What trains and what evaluates.</param>
/// <param name="evaluation">Of the held-out images.</param>
/// <param name="run">Where results and unfinished trainings are kept.</param>
/// <param name="device">Where torch computes.</param>
/// <param name="reporter">Tells the user.</param>
/// <param name="shared">The search's shared weights, where it has some.</param>
public sealed class Halving(
    FasterSegOptions options,
    SegmentationDataset data,
    HeldOutImages images,
    HeldOutEvaluation evaluation,
    RunFolder run,
    Device device,
    IProgressReporter reporter,
    ScoringWeights? shared = null
)
{
    private const string Phase = "halving";

    /// <summary>Which of these networks wins.</summary>
    /// <param name="ranked">All that the search has scored; the finalists first, the best of them first: a tie goes to them.</param>
    /// <param name="cancellation">Keeps what there is, then stops.</param>
    public ScoredNetwork Winner(IReadOnlyList<ScoredNetwork> ranked, CancellationToken cancellation)
    {
        ScoredNetwork[] finalists = [.. ranked.Take(Math.Max(1, options.Halving.Finalists))];
        var order = new FinalistOrder(ranked, options.Halving.ScoreWeight);
        if (finalists.Length < options.Halving.Finalists)
            reporter.Say(
                FormattableString.Invariant($"Of the {options.Halving.Finalists} networks of halving:finalists there are ")
                    + FormattableString.Invariant($"{finalists.Length} in the band that the search has looked at.")
            );
        IReadOnlyList<string> devices = DeviceList.Parse(options.Halving.Devices);
        if (devices.Count > 0 && Finalist.Advice(devices, get_num_threads()) is { } advice)
            reporter.Say(advice);
        int total = options.Halving.Rungs(finalists.Length).Sum(rung => rung.Networks),
            done = 0;
        IReadOnlyList<ScoredNetwork> left = finalists;
        foreach (var (networks, steps) in options.Halving.Rungs(finalists.Length))
        {
            ScoredNetwork[] rung = [.. left.Take(networks)];
            IReadOnlyList<NetworkScore> scores = Rung(
                [.. rung.Select(one => one.Architecture)],
                steps,
                devices,
                score =>
                    reporter.Report(
                        Phase,
                        ++done,
                        total,
                        latest: FormattableString.Invariant($"{Plural.Of(steps, "step")}: loss {score.Loss:F4}")
                    ),
                cancellation
            );
            left = order.Of(rung, [.. scores.Select(score => score.Loss)]);
        }
        return left[0];
    }

    /// <summary>Trains and evaluates some networks.</summary>
    /// <param name="networks">The networks.</param>
    /// <param name="steps">How long each is trained.</param>
    /// <param name="devices">Where they are trained at the same time; none trains one after the other in this process.</param>
    /// <param name="told">Told of each score, in the networks' order.</param>
    /// <param name="cancellation">Keeps what there is, then stops.</param>
    private List<NetworkScore> Rung(
        IReadOnlyList<DerivedArchitecture> networks,
        int steps,
        IReadOnlyList<string> devices,
        Action<NetworkScore> told,
        CancellationToken cancellation
    )
    {
        string path = run.FinalistFolder(steps),
            name = Path.GetFileName(path),
            origin = ScoreOrigin.OfFinalists(options, StartingWeights);
        using var processes = devices.Count == 0 ? null : new FinalistProcesses(devices, data.Location, reporter, cancellation);
        int at = 0;
        // In the networks' order, whichever is trained first: so files and scores are those of one training after the other.
        var known = new KnownScores(run.FinalistScores(steps), network => Trained(network, at), origin);
        if (processes is not null)
            processes.Begin([
                .. networks
                    .Select((network, place) => (Network: network, Place: place))
                    .Where(each => !known.Has(each.Network))
                    .Select(each => Finalist.Prepare(PathOf(each.Place), each.Network, options, steps, origin, StartOf(each.Network))),
            ]);
        var scores = new List<NetworkScore>();
        for (; at < networks.Count; at++)
        {
            cancellation.ThrowIfCancellationRequested();
            scores.Add(known.Of(networks[at]));
            if (Directory.Exists(PathOf(at)))
                Directory.Delete(PathOf(at), recursive: true);
            told(scores[^1]);
        }
        // What is left where halving:devices was another one before an interruption.
        foreach (string old in Directory.EnumerateDirectories(run.Path, name + "*"))
        {
            // Not a folder that somebody has put beside them.
            string end = Path.GetFileName(old)[name.Length..];
            if (end.Length == 0 || (end[0] == '-' && end.Length > 1 && end.Skip(1).All(char.IsAsciiDigit)))
                Directory.Delete(old, recursive: true);
        }
        return scores;

        // One after the other they share a folder, as only one of them is not finished.
        string PathOf(int place) => processes is null ? path : path + FormattableString.Invariant($"-{place + 1}");

        NetworkScore Trained(DerivedArchitecture network, int place)
        {
            RunFolder folder;
            if (processes is null)
            {
                folder = Finalist.Prepare(path, network, options, steps, origin, StartOf(network));
                Finalist.Train(folder, data with { Train = images.Weights }, device, new Silent(reporter), cancellation);
            }
            else
            {
                folder = RunFolder.Open(PathOf(place));
                processes.Wait(folder);
            }
            using DerivedNetwork trained = TrainedNetwork.Load(folder, network.Role, device, out _);
            return evaluation.Evaluate(trained);
        }
    }

    private ScoringWeights? StartingWeights => options.Halving.Start == TrainingStart.Shared ? shared : null;

    private Func<DerivedNetwork>? StartOf(DerivedArchitecture network) =>
        StartingWeights is { } weights ? () => weights.Extract(network) : null;

    private sealed class Silent(IProgressReporter inner) : IProgressReporter
    {
        public void Report(string task, double done, double total, TimeSpan? left = null, string latest = "") { }

        public void Say(string line) => inner.Say(line);
    }
}
