using FasterSeg.Latency;
using FasterSeg.Latency.Networks;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Runs;

namespace FasterSeg.Search.Training;

/// <summary>A training that was begun and has not come to its end: its network can be used, and whoever reads its figures must hear of
/// it.</summary>
/// <param name="Epochs">Epochs that are behind it.</param>
/// <param name="Of">Epochs that it is to have.</param>
public sealed record UnfinishedTraining(int Epochs, int Of)
{
    /// <summary>For people, e.g. <c>12 of 40 epochs</c>.</summary>
    public override string ToString() => FormattableString.Invariant($"{Epochs} of {Plural.Of(Of, "epoch")}");

    /// <summary>That of a role; null where its training has not begun, or has come to its end.</summary>
    /// <exception cref="UserErrorException">Its checkpoint or configuration cannot be read.</exception>
    public static UnfinishedTraining? Load(RunFolder run, Role role)
    {
        CheckpointFile file = run.TrainingCheckpoint(role);
        if (!file.Exists)
            return null;
        // What its own training was told to make.
        int epochs = new TrainingCheckpoint(file).Epochs(),
            of = ConfigurationLoader.Load(run.ConfigurationOf(role)).Training.Epochs;
        return epochs < of ? new(epochs, of) : null;
    }

    /// <summary>The same for who shows a run; null also where a file is broken, of which whoever needs the weights tells.</summary>
    public static UnfinishedTraining? LoadSound(RunFolder run, Role role)
    {
        try
        {
            return Load(run, role);
        }
        catch (UserErrorException)
        {
            return null;
        }
    }
}
