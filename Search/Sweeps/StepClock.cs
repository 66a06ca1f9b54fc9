using FasterSeg.Search.Runs;

namespace FasterSeg.Search.Sweeps;

/// <summary>Stands in for who is told of a phase's progress: times the steps between two reports, and ends the phase after a few. The first
/// step warms up and does not count, unless it is the only one.</summary>
/// <param name="time">The clock.</param>
/// <param name="cancellation">Ends it, too.</param>
internal sealed class StepClock(TimeProvider time, CancellationToken cancellation) : IProgressReporter
{
    // Pretraining takes teacher and student in turns: as many of each.
    private const int Fewest = 2,
        Most = 20;

    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(2);

    private long last = time.GetTimestamp();
    private double first,
        sum;
    private int reports;

    /// <summary>Steps that were timed.</summary>
    public int Count => Math.Max(0, reports - 1);

    /// <summary>Seconds of one, in the mean; 0 before the first.</summary>
    public double Seconds => Count > 0 ? sum / Count : first;

    /// <summary>Ends a phase whose steps were timed.</summary>
    internal sealed class EnoughException : Exception;

    /// <inheritdoc/>
    public void Report(string task, double done, double total, TimeSpan? left = null, string latest = "")
    {
        cancellation.ThrowIfCancellationRequested();
        long now = time.GetTimestamp();
        double seconds = time.GetElapsedTime(last, now).TotalSeconds;
        last = now;
        if (reports++ == 0)
            first = seconds;
        else
            sum += seconds;
        if (Count >= Most || (Count >= Fewest && Count % 2 == 0 && sum >= Enough.TotalSeconds))
            throw new EnoughException();
    }

    /// <inheritdoc/>
    public void Say(string line) { }
}
