namespace FasterSeg.Profiler.Service.Tests.Fuzzing;

/// <summary>A clock that goes on by a millisecond whenever somebody looks at it: every run takes the same time, and nobody waits.</summary>
internal sealed class HastyTime : TimeProvider
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private long milliseconds;

    public override long TimestampFrequency => 1000;

    public override long GetTimestamp() => Interlocked.Increment(ref milliseconds);

    // What is longer is somebody's patience, which shall not end at once.
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(
            callback,
            state,
            dueTime == Timeout.InfiniteTimeSpan || dueTime > LongestPause ? dueTime : TimeSpan.Zero,
            period
        );
}
