using System.IO.Hashing;
using System.Text;
using FasterSeg.Latency;
using FasterSeg.Latency.Networks;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Networks;
using FasterSeg.Search.Runs;
using static TorchSharp.torch;

namespace FasterSeg.Search.OneShot;

/// <summary>
/// The sets of shared weights that networks are scored by: of each supernet its last ones, or those of its snapshots, or the snapshots'
/// mean. A network's score is its mean over them.
/// </summary>
public sealed class ScoringWeights : IDisposable
{
    // A search that has its networks is begun anew in a folder of its own.
    private const string Restore = "restore the file, or search anew into another folder";

    private readonly IReadOnlyList<(int Supernet, int? Snapshot, OneShotSupernet Weights)> sets;
    private readonly bool isOwner;
    private readonly Lazy<string> fingerprint;

    private ScoringWeights(IReadOnlyList<(int, int?, OneShotSupernet)> sets, bool isOwner)
    {
        (this.sets, this.isOwner) = (sets, isOwner);
        fingerprint = new(Hash);
    }

    /// <summary>A hash of every weight and statistic of each set; they stay as they are from the first time that it is asked for.</summary>
    internal string Fingerprint => fingerprint.Value;

    /// <summary>By how many sets of weights a network is scored.</summary>
    public static int SetsOf(OneShotOptions phase) =>
        phase.Supernets * (phase.SnapshotAveraging == SnapshotAveraging.Scores ? phase.Snapshots : 1);

    /// <summary>Weights that somebody else owns.</summary>
    public static ScoringWeights Of(OneShotSupernet only) => new([(1, null, only)], isOwner: false);

    /// <summary>The weights of a search that has trained them to the end, in the memory of the processor.</summary>
    /// <param name="run">The search's folder.</param>
    /// <param name="options">Its configuration.</param>
    /// <exception cref="UserErrorException">There are none, or their training has not come to its end.</exception>
    public static ScoringWeights Load(RunFolder run, FasterSegOptions options)
    {
        OneShotOptions phase = options.OneShot;
        var sets = new List<(int, int?, OneShotSupernet)>();
        for (int supernet = 1; supernet <= phase.Supernets; supernet++)
        {
            int number = supernet;
            OneShotSupernet last = Last(run, options, supernet);
            IEnumerable<OneShotSupernet> earlier = Earlier(run, options, supernet);
            if (phase.Snapshots == 1)
                sets.Add((supernet, null, last));
            else if (phase.SnapshotAveraging == SnapshotAveraging.Weights)
                sets.Add((supernet, null, SnapshotMean.Of(last, earlier)));
            else
                sets.AddRange(earlier.Append(last).Select((weights, i) => (number, (int?)(i + 1), weights)));
        }
        return new(sets, isOwner: true);
    }

    /// <summary>Those of which <see cref="Extract"/> takes slices, without the others.</summary>
    /// <param name="run">The search's folder.</param>
    /// <param name="options">Its configuration.</param>
    /// <exception cref="UserErrorException">There are none, or their training has not come to its end.</exception>
    public static ScoringWeights LoadFirst(RunFolder run, FasterSegOptions options)
    {
        OneShotSupernet last = Last(run, options, 1);
        bool isMean = options.OneShot is { Snapshots: > 1, SnapshotAveraging: SnapshotAveraging.Weights };
        return new([(1, null, isMean ? SnapshotMean.Of(last, Earlier(run, options, 1)) : last)], isOwner: true);
    }

    private static IEnumerable<OneShotSupernet> Earlier(RunFolder run, FasterSegOptions options, int supernet) =>
        Enumerable.Range(1, options.OneShot.Snapshots - 1).Select(snapshot => Snapshot(run, options, supernet, snapshot));

    /// <summary>A network with its slices of the first supernet's weights: the last ones, or the mean of its snapshots.</summary>
    /// <param name="architecture">Of the supernets' space.</param>
    public DerivedNetwork Extract(DerivedArchitecture architecture) => sets.Last(set => set.Supernet == 1).Weights.Extract(architecture);

    /// <summary>Scores a network by each set.</summary>
    /// <param name="architecture">Of the supernets' space.</param>
    /// <param name="images">What networks are evaluated on.</param>
    /// <param name="device">Where torch computes.</param>
    /// <param name="steps">For how many it is trained on from that set before.</param>
    public NetworkScore Score(DerivedArchitecture architecture, HeldOutEvaluation images, Device device, int steps = 0) =>
        NetworkScore.MeanOf([
            .. sets.Select(set =>
            {
                NetworkScore score = new NetworkScorer(set.Weights, images, device).Score(architecture, steps);
                return new PartScore(set.Supernet, set.Snapshot, score.Loss, score.MeanIou);
            }),
        ]);

    /// <summary>The scores by these weights that a run keeps, and keeps from now on.</summary>
    /// <param name="run">Whose weights they are.</param>
    /// <param name="images">What networks are evaluated on.</param>
    /// <param name="device">Where torch computes.</param>
    public KnownScores Known(RunFolder run, HeldOutEvaluation images, Device device) =>
        new(run.Scores, network => Score(network, images, device), ScoreOrigin.OfScores(images.Options, this));

    /// <summary>The same after networks were trained on from these weights.</summary>
    /// <param name="run">Whose weights they are.</param>
    /// <param name="images">What networks are trained on and evaluated on.</param>
    /// <param name="device">Where torch computes.</param>
    public AdaptedScores KnownAdapted(RunFolder run, HeldOutEvaluation images, Device device) =>
        new(steps =>
            new(run.AdaptedScores, network => Score(network, images, device, steps), ScoreOrigin.OfAdapted(images.Options, this, steps))
        );

    private string Hash()
    {
        var hash = new XxHash128();
        foreach (var (_, _, weights) in sets)
        foreach ((string name, Tensor tensor) in weights.state_dict())
        {
            using Tensor here = tensor.cpu().contiguous();
            hash.Append(Encoding.UTF8.GetBytes(name));
            hash.Append(here.bytes);
        }
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!isOwner)
            return;
        foreach (var (_, _, weights) in sets)
            weights.Dispose();
    }

    private static OneShotSupernet Last(RunFolder run, FasterSegOptions options, int supernet)
    {
        var weights = new OneShotSupernet(options.Space.ToSpace());
        CheckpointFile file = OneShotTraining.CheckpointOf(run, supernet);
        int epochs =
            supernet > 1 && !file.Exists
                ? 0
                : file.Read(
                    reader =>
                    {
                        int epoch = reader.ReadInt32();
                        reader.ReadInt32();
                        weights.load(reader);
                        return epoch;
                    },
                    wholeFile: false,
                    Restore
                );
        if (epochs >= options.OneShot.Epochs)
            return weights;
        string which = options.OneShot.Supernets > 1 ? FormattableString.Invariant($" of supernet {supernet}") : "";
        throw new UserErrorException(
            CommandText.Below(
                FormattableString.Invariant(
                    $"The search of {run.Path} has done {epochs} of {Plural.Of(options.OneShot.Epochs, "epoch")}{which}: "
                ) + "go on with it first:",
                CommandText.Of("fasterseg", "search", "--resume", "--data", "KIND:DIR", "--out", run.Path)
            )
        );
    }

    private static OneShotSupernet Snapshot(RunFolder run, FasterSegOptions options, int supernet, int snapshot)
    {
        var weights = new OneShotSupernet(options.Space.ToSpace());
        CheckpointFile file = OneShotTraining.SnapshotOf(run, supernet, snapshot);
        if (!file.Exists)
            throw new UserErrorException(
                $"{file.Path} is missing, weights that networks are scored by: restore it, or search anew into another folder."
            );
        file.Read(
            reader =>
            {
                int count = reader.ReadInt32();
                weights.load(reader);
                return count == options.OneShot.Snapshots
                    ? count
                    : throw new UserErrorException(
                        FormattableString.Invariant($"{file.Path} is one of {Plural.Of(count, "snapshot")}, and oneShot:snapshots is ")
                            + FormattableString.Invariant($"{options.OneShot.Snapshots}: restore the run's config.json.")
                    );
            },
            advice: Restore
        );
        return weights;
    }
}
