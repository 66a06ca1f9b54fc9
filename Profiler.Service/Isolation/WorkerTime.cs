namespace FasterSeg.Profiler.Service.Isolation;

/// <summary>
/// The time that counts against a worker: that in which it could run. It goes on from tick to tick of who watches it; a tick at which the
/// worker is stopped does not count, nor does one that comes far too late, since then the watching service itself was kept from running.
/// Safe for use by several threads.
/// </summary>
/// <param name="clock">The clock that all of it is taken from.</param>
public sealed class WorkerTime(TimeProvider clock) : TimeProvider
{
    /// <summary>A tick counts for no more than this, however late it comes.</summary>
    public static readonly TimeSpan LongestTick = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private long last = clock.GetTimestamp();
    private TimeSpan counted;
    private TimeSpan stopped;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>How long the worker was found stopped, or the service was.</summary>
    public TimeSpan Stopped
    {
        get
        {
            lock (gate)
                return stopped;
        }
    }

    /// <inheritdoc/>
    public override long GetTimestamp()
    {
        lock (gate)
            return (counted + Capped(clock.GetElapsedTime(last))).Ticks;
    }

    /// <summary>Who watches looks at the worker.</summary>
    /// <param name="isStopped">Whether a signal has stopped it.</param>
    public void Tick(bool isStopped)
    {
        lock (gate)
        {
            TimeSpan span = clock.GetElapsedTime(last);
            last += (long)(span.TotalSeconds * clock.TimestampFrequency);
            TimeSpan counts = isStopped ? TimeSpan.Zero : Capped(span);
            counted += counts;
            stopped += span - counts;
        }
    }

    /// <summary>Takes back what has counted while the worker was able to run and waited for a processor.</summary>
    public void TakeBack(TimeSpan waited)
    {
        lock (gate)
            counted -= waited;
    }

    private static TimeSpan Capped(TimeSpan span) => span < LongestTick ? span : LongestTick;
}
