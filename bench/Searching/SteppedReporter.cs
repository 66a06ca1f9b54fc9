using FasterSeg.Search.Runs;

namespace FasterSeg.Bench.Searching;

/// <summary>Does something after each step of a phase.</summary>
internal sealed class SteppedReporter(Action<string, int> afterStep) : IProgressReporter
{
    /// <inheritdoc/>
    public void Report(string task, double done, double total, TimeSpan? left = null, string latest = "") => afterStep(task, (int)done);

    /// <inheritdoc/>
    public void Say(string line) { }
}
