namespace FasterSeg.Search.Client.Reporting;

/// <summary>Estimates a task's time left from its pace since its first report.</summary>
internal sealed class ProgressClock(TimeProvider time, double firstDone)
{
    private readonly long started = time.GetTimestamp();
    private bool finished;

    /// <summary>The time left at the pace so far; null where there is no pace yet, or nothing left.</summary>
    public TimeSpan? Left(double done, double total)
    {
        double advanced = done - firstDone;
        return advanced > 0 && total > done ? time.GetElapsedTime(started) * ((total - done) / advanced) : null;
    }

    /// <summary>True for the first report that says that all is done.</summary>
    public bool Finishes(double done, double total)
    {
        if (finished || total <= 0 || done < total)
            return false;
        return finished = true;
    }
}
