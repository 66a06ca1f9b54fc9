using System.Text.Json;

namespace FasterSeg.Search.Runs;

/// <summary>How the work on a run ended, or that it goes on.</summary>
public enum WorkState
{
    /// <summary>It goes on, or its program was ended from outside: the time of the last news says which.</summary>
    Running,

    /// <summary>It came to its end.</summary>
    Done,

    /// <summary>Somebody interrupted it.</summary>
    Interrupted,

    /// <summary>It failed.</summary>
    Failed,
}

/// <summary>What the search or training that works on a run said last. It keeps it in <c>progress.json</c> for whoever looks on, and an
/// evaluation, which may go on beside it, in <c>progress-eval.json</c>. Nothing is read from there to go on.</summary>
/// <param name="Task">What is done, e.g. <c>search</c>.</param>
/// <param name="Done">How much of it, in any unit.</param>
/// <param name="Total">Of how much, in the same unit; 0 where that is not known.</param>
/// <param name="SecondsLeft">An estimate; null where there is none.</param>
/// <param name="Latest">The latest values in words.</param>
/// <param name="State">Whether it goes on.</param>
/// <param name="Failure">Why it failed; null where it did not.</param>
/// <param name="Began">When the work began, UTC.</param>
/// <param name="News">When this was written, UTC.</param>
/// <param name="Said">The last lines that it said, the newest last.</param>
public sealed record RunProgress(
    string Task,
    double Done,
    double Total,
    double? SecondsLeft,
    string Latest,
    WorkState State,
    string? Failure,
    DateTimeOffset Began,
    DateTimeOffset News,
    IReadOnlyList<string> Said
)
{
    private const int LargestFile = 1 << 20;

    /// <summary>Reads a file; null where there is none.</summary>
    /// <param name="path">A run's <see cref="RunFolder.Progress"/>, or <see cref="RunFolder.EvaluationProgress"/>.</param>
    /// <exception cref="DamagedRunException">The file is none of these; the message names it.</exception>
    public static RunProgress? Load(string path) =>
        File.Exists(path)
            ? RunFile.Read(path, LargestFile, "does not say how far a run is", "remove it; the next command writes a new one", json =>
                (json.Deserialize<RunProgress>(RunJson.Options) ?? throw new FormatException("it is null")).Checked()
            )
            : null;

    private RunProgress Checked()
    {
        RunFile.Amount(Done, "done");
        RunFile.Amount(Total, "total");
        RunFile.Amount(SecondsLeft ?? 0, "secondsLeft");
        RunFile.Entries<string>([.. Said]);
        return this;
    }
}
