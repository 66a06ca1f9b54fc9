using FasterSeg.Search.Runs;

namespace FasterSeg.Bench.Ranking;

/// <summary>Shows no progress, and says what is said.</summary>
internal sealed class QuietReporter : IProgressReporter
{
    /// <inheritdoc/>
    public void Report(string task, double done, double total, TimeSpan? left = null, string latest = "") { }

    /// <inheritdoc/>
    public void Say(string line) => Console.Error.WriteLine(line);
}
