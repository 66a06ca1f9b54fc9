namespace FasterSeg.Profiler.Client.Tests;

/// <summary>A clock whose timers fire at once, so that pauses between calls take no time; it counts them.</summary>
internal sealed class ImpatientTime : TimeProvider
{
    public int Pauses { get; private set; }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Pauses++;
        return base.CreateTimer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }
}
