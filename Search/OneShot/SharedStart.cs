using FasterSeg.Latency;
using FasterSeg.Latency.Networks;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Networks;
using FasterSeg.Search.Runs;

namespace FasterSeg.Search.OneShot;

/// <summary>A student's training that begins with its slices of the weights that its search has trained: what they cost is not lost. A
/// teacher has a stem and a head that the shared weights have not, so that it begins anew.</summary>
public static class SharedStart
{
    /// <summary>Gives a network these weights; null where it begins with weights that are drawn.</summary>
    /// <param name="run">Of a one-shot search, or of a student that was derived from one.</param>
    /// <param name="options">The training's configuration (<c>training:start</c>).</param>
    /// <param name="network">The network.</param>
    /// <exception cref="UserErrorException">The run has no shared weights; thrown when they are asked for.</exception>
    public static Action<DerivedNetwork>? Of(RunFolder run, FasterSegOptions options, DerivedArchitecture network) =>
        options.Training.Start == TrainingStart.Shared && network.Role == Role.Student ? trained => Give(trained, run, network) : null;

    /// <summary>Keeps a student's weights in a run that has no others of the search.</summary>
    /// <param name="weights">The search's.</param>
    /// <param name="network">The student.</param>
    /// <param name="run">Its run.</param>
    public static void Keep(ScoringWeights weights, DerivedArchitecture network, RunFolder run)
    {
        using DerivedNetwork first = weights.Extract(network);
        run.StartingWeights.Write(writer => first.save(writer));
    }

    private static void Give(DerivedNetwork trained, RunFolder run, DerivedArchitecture network)
    {
        if (run.StartingWeights.Exists)
        {
            using var kept = new DerivedNetwork(network);
            run.StartingWeights.Read(reader => kept.load(reader));
            trained.Take(kept);
            return;
        }
        if (!run.SearchCheckpoint.Exists)
            throw new UserErrorException(
                $"training:start is shared, and {run.Path} has no shared weights: train in the folder of the search, or in one of "
                    + "'fasterseg derive --run', or with --set training:start=scratch."
            );
        using ScoringWeights weights = ScoringWeights.Load(run, ConfigurationLoader.Load(run.Configuration));
        using DerivedNetwork slices = weights.Extract(network);
        trained.Take(slices);
    }
}
