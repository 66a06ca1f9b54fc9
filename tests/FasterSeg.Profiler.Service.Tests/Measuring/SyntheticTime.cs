namespace FasterSeg.Profiler.Service.Tests.Measuring;

/// <summary>A clock that stands still but for what a synthetic workload takes.</summary>
internal sealed class SyntheticTime : TimeProvider
{
    private long nanoseconds;

    public override long TimestampFrequency => 1_000_000_000;

    public override long GetTimestamp() => nanoseconds;

    /// <summary>Who waits does not wait: the clock goes on at once.</summary>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime > TimeSpan.Zero)
            Advance(dueTime.TotalMilliseconds);
        return System.CreateTimer(callback, state, dueTime == Timeout.InfiniteTimeSpan ? dueTime : TimeSpan.Zero, period);
    }

    public void Advance(double ms) => nanoseconds += (long)Math.Round(ms * 1e6);
}
