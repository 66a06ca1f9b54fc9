using FasterSeg.Latency;
using FasterSeg.Latency.Networks;
using FasterSeg.Search.Comparing;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Training;

namespace FasterSeg.Search.Client.Commands;

/// <summary>A training that has come to its end and is asked to go on: settings change nothing of it any more, and whoever gave some must
/// hear of that.</summary>
internal static class FinishedTraining
{
    /// <summary>What a training that goes on runs with.</summary>
    /// <param name="run">The run, in which the training has a checkpoint.</param>
    /// <param name="role">Whose training.</param>
    /// <param name="asked">Its own configuration with what the command line says.</param>
    /// <param name="say">Told where the training has come to its end.</param>
    /// <returns>What was asked for; where nothing is left to train, what it was trained with.</returns>
    /// <exception cref="UsageException">A file of the run cannot be read.</exception>
    public static FasterSegOptions Configuration(RunFolder run, Role role, FasterSegOptions asked, Action<string> say)
    {
        int done = new TrainingCheckpoint(run.TrainingCheckpoint(role)).Epochs();
        FasterSegOptions own = ConfigurationLoader.Load(run.ConfigurationOf(role));
        if (!IsOver(done, own, asked))
            return asked;
        string[] changes =
        [
            .. ConfigurationDifference
                .Between(own, asked)
                .Select(change => $"{change.Key} stays {change.First} and is not {change.Second}"),
        ];
        say(
            $"The training of the {role.Name()} in {run.Path} has come to its end before, after {Plural.Of(done, "epoch")}."
                + (
                    changes.Length == 0
                        ? ""
                        : $" Settings change nothing of it any more: {string.Join(", ", changes)}. Only a training:epochs above "
                            + $"{done} lets it go on."
                )
        );
        return own;
    }

    /// <summary>Whether a training has come to its end, by its own length and by the one that is asked for.</summary>
    /// <param name="run">The run, in which the training has a checkpoint.</param>
    /// <param name="role">Whose training.</param>
    /// <param name="own">What it was trained with.</param>
    /// <param name="asked">The same with what the command line says.</param>
    public static bool IsOver(RunFolder run, Role role, FasterSegOptions own, FasterSegOptions asked) =>
        IsOver(new TrainingCheckpoint(run.TrainingCheckpoint(role)).Epochs(), own, asked);

    private static bool IsOver(int done, FasterSegOptions own, FasterSegOptions asked) =>
        done >= own.Training.Epochs && done >= asked.Training.Epochs;
}
