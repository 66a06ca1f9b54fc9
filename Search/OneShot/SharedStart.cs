using FasterSeg.Latency;
using FasterSeg.Latency.Networks;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Networks;
using FasterSeg.Search.Runs;

namespace FasterSeg.Search.OneShot;

/// <summary>Trainings that begin with a network's slices of the weights that a search has trained: what they cost is not lost. A teacher
/// has a stem and a head that the shared weights have not, so that it begins anew.</summary>
public static class SharedStart
{
    private const string Advice = "derive the student anew, or train with --set training:start=scratch";

    /// <summary>Makes sure that a training which is to begin with shared weights finds some, before anything is written.</summary>
    /// <param name="run">Of a one-shot search, or of a student that was derived from one.</param>
    /// <param name="options">The training's configuration (<c>training:start</c>).</param>
    /// <param name="role">Of the network.</param>
    /// <exception cref="UserErrorException">The run has none.</exception>
    public static void Require(RunFolder run, FasterSegOptions options, Role role)
    {
        if (IsAsked(options, role) && !run.StartingWeights.Exists && !run.SearchCheckpoint.Exists)
            throw new UserErrorException(
                $"training:start is shared, and {run.Path} has no shared weights: train in the folder of the search, or in one of "
                    + "'fasterseg derive --run', or with --set training:start=scratch."
            );
    }

    /// <summary>Gives a network these weights; null where it begins with weights that are drawn.</summary>
    /// <param name="run">See <see cref="Require"/>.</param>
    /// <param name="options">The training's configuration.</param>
    /// <param name="network">The network.</param>
    public static Action<DerivedNetwork>? Of(RunFolder run, FasterSegOptions options, DerivedArchitecture network)
    {
        if (!IsAsked(options, network.Role))
            return null;
        Require(run, options, network.Role);
        return run.StartingWeights.Exists ? trained => GiveKept(run, network, trained) : trained => GiveSlices(run, network, trained);
    }

    /// <summary>Keeps the weights that a network's training will begin with.</summary>
    /// <param name="first">The network with them.</param>
    /// <param name="run">Its run.</param>
    public static void Keep(DerivedNetwork first, RunFolder run) =>
        run.StartingWeights.Write(writer =>
        {
            writer.Write(DerivedArchitectureJson.Write(first.Architecture));
            first.save(writer);
        });

    /// <summary>Gives a network what <see cref="Keep"/> has kept.</summary>
    /// <param name="run">Its run.</param>
    /// <param name="network">The network.</param>
    /// <param name="trained">The network that is to be trained.</param>
    /// <exception cref="UserErrorException">These are another network's.</exception>
    public static void GiveKept(RunFolder run, DerivedArchitecture network, DerivedNetwork trained)
    {
        using var kept = new DerivedNetwork(network);
        run.StartingWeights.Read(
            reader =>
                reader.ReadString() == DerivedArchitectureJson.Write(network)
                    ? kept.load(reader)
                    : throw new UserErrorException($"{run.StartingWeights.Path} has the weights of another network: {Advice}."),
            advice: Advice
        );
        trained.Take(kept);
    }

    private static void GiveSlices(RunFolder run, DerivedArchitecture network, DerivedNetwork trained)
    {
        using ScoringWeights weights = ScoringWeights.LoadFirst(run, ConfigurationLoader.Load(run.Configuration));
        using DerivedNetwork slices = weights.Extract(network);
        trained.Take(slices);
    }

    private static bool IsAsked(FasterSegOptions options, Role role) =>
        options.Training.Start == TrainingStart.Shared && role == Role.Student;
}
