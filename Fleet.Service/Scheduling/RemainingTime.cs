namespace FasterSeg.Fleet.Service.Scheduling;

/// <summary>
/// How long a job still takes, from how fast its results have come. It counts from the first one on, since engines are loaded and cards
/// compared before that, and anew behind a pause; it says nothing before as many have come as a stint has.
/// </summary>
internal sealed class RemainingTime
{
    private const int Enough = Profiler.Service.Measuring.Sentinel.DefaultInterval;

    // Jobs that are smaller than a few stints need fewer.
    private const int Share = 4;

    // An operator of several sessions takes a card less.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(60);

    private DateTimeOffset? begun;
    private DateTimeOffset last;
    private int? known;
    private int first;

    /// <summary>Notes how many items have their entry.</summary>
    public void Note(int done, DateTimeOffset now)
    {
        if (done == known)
            return;
        // What is there at the first look came at nobody knows what pace; fewer than before are those of a job that began anew.
        if (known is null || done < known)
            begun = null;
        else if (begun is null || now - last > Pause)
            (begun, first) = (now, done);
        (known, last) = (done, now);
    }

    /// <summary>The estimate, s; 0 where nothing is known.</summary>
    /// <param name="total">How many items the job has.</param>
    public double SecondsOf(int total) =>
        begun is { } since && known is { } done && done - first >= Math.Clamp(total / Share, 1, Enough)
            ? (last - since).TotalSeconds / (done - first) * (total - done)
            : 0;
}
