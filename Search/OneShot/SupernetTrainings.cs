using FasterSeg.Latency;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.Runs;
using static TorchSharp.torch;

namespace FasterSeg.Search.OneShot;

/// <summary>The trainings of all supernets of a search, one after the other; most searches have one.</summary>
public sealed class SupernetTrainings : IDisposable
{
    private readonly FasterSegOptions options;
    private readonly RunFolder run;
    private readonly IProgressReporter reporter;
    private readonly Func<int, OneShotTraining> make;
    private OneShotTraining? current;
    private int number = 1;
    private bool goesOn;

    /// <summary>Makes trainings that start anew; <see cref="Resume"/> takes them to their checkpoints.</summary>
    /// <param name="options">The configuration, which says how many there are.</param>
    /// <param name="images">What the weights are trained on.</param>
    /// <param name="table">Latencies on the target, over which the networks are spread.</param>
    /// <param name="targetMs">The latency that the search aims at, ms.</param>
    /// <param name="run">Where the checkpoints and the scalars go.</param>
    /// <param name="device">Where torch computes.</param>
    /// <param name="reporter">Tells the user.</param>
    /// <exception cref="UsageException">The last part of a training has fewer steps than there are to be snapshots.</exception>
    public SupernetTrainings(
        FasterSegOptions options,
        ISampleSource images,
        LatencyTable table,
        double targetMs,
        RunFolder run,
        Device device,
        IProgressReporter reporter
    )
    {
        (this.options, this.run) = (options, run);
        this.reporter = Count > 1 ? new TimeOfAll(reporter, () => Count - number, TimeProvider.System) : reporter;
        make = supernet => new(options, images, table, targetMs, run, device, this.reporter, supernet);
        current = make(number);
    }

    private int Count => options.OneShot.Supernets;

    /// <summary>Whether there is something to resume.</summary>
    public bool HasCheckpoint => current!.HasCheckpoint;

    /// <summary>Whether all were trained to their end, the first by what it was resumed to.</summary>
    public bool AreDone =>
        current!.IsDone
        && Enumerable
            .Range(2, Count - 1)
            .Select(supernet => OneShotTraining.CheckpointOf(run, supernet))
            .All(file => file.Exists && file.Read(reader => reader.ReadInt32(), wholeFile: false) >= options.OneShot.Epochs);

    /// <summary>Takes everything to the run's checkpoints.</summary>
    /// <exception cref="UserErrorException">The first is damaged, or of another space or method.</exception>
    public void Resume()
    {
        goesOn = true;
        current!.Resume();
    }

    /// <summary>Trains all to the end.</summary>
    /// <returns>What networks are scored by. Dispose it before this.</returns>
    /// <exception cref="OperationCanceledException">Interrupted, after the checkpoint was written.</exception>
    public ScoringWeights Run(CancellationToken cancellation)
    {
        int sets = ScoringWeights.SetsOf(options.OneShot);
        if (Count > 1)
            reporter.Say(
                FormattableString.Invariant(
                    $"{Count} supernets of {Plural.Of(current!.Steps, "step")} each are trained one after the other."
                )
            );
        if (sets > 1)
            reporter.Say(
                FormattableString.Invariant($"Each network is then scored by {sets} sets of weights, which takes {sets} times as long.")
            );
        while (true)
        {
            current!.Run(cancellation);
            if (number == Count)
                break;
            current.Dispose();
            // Where making the next one fails, this one must not be disposed once more.
            current = null;
            current = make(++number);
            if (goesOn && current.HasCheckpoint)
                current.Resume();
        }
        return Count == 1 && options.OneShot.Snapshots == 1 ? ScoringWeights.Of(current.Supernet) : ScoringWeights.Load(run, options);
    }

    /// <inheritdoc/>
    public void Dispose() => current?.Dispose();
}
