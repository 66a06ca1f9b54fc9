namespace FasterSeg.Profiler.Service.Tests.Measuring;

/// <summary>A clock that stands still but for what a synthetic workload takes.</summary>
internal sealed class SyntheticTime : TimeProvider
{
    private long nanoseconds;

    public override long TimestampFrequency => 1_000_000_000;

    public override long GetTimestamp() => nanoseconds;

    public void Advance(double ms) => nanoseconds += (long)Math.Round(ms * 1e6);
}
