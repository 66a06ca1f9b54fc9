namespace FasterSeg.Tests;

/// <summary>A clock that goes on where a test says so.</summary>
internal sealed class SetTime : TimeProvider
{
    private long ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => ticks;

    public void Advance(TimeSpan span) => ticks += span.Ticks;
}
