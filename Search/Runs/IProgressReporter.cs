namespace FasterSeg.Search.Runs;

/// <summary>Takes the progress of long work. Safe to call from any thread, as often as there is news.</summary>
public interface IProgressReporter
{
    /// <summary>A time left that nobody knows, nor shall estimate: the work pauses.</summary>
    static readonly TimeSpan NotKnown = Timeout.InfiniteTimeSpan;

    /// <summary>Says how far a task has come.</summary>
    /// <param name="task">The task's name; each name has a bar of its own.</param>
    /// <param name="done">What is done, in any unit.</param>
    /// <param name="total">What there is to do, in the same unit; 0 where it is not known yet.</param>
    /// <param name="left">Time left; null estimates it from the time since the task's first report; <see cref="NotKnown"/> says
    /// nothing of it.</param>
    /// <param name="latest">The latest values, e.g. <c>loss 1.234, latency 12.3 ms</c>.</param>
    void Report(string task, double done, double total, TimeSpan? left = null, string latest = "");

    /// <summary>Prints a line of its own, above the bars where there are any.</summary>
    void Say(string line);
}
