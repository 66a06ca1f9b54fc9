using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Profiler.Service.Tests.Measuring;

public sealed class ColdCacheTests
{
    private readonly SyntheticTime time = new();

    [Fact]
    public void Caches_are_emptied_before_each_run_and_outside_of_its_time()
    {
        var flush = new Flush(time);
        var workload = new SyntheticWorkload(time, _ => 4);
        var protocol = new MeasuringProtocol(new ClockRunTimer(time), time, flush);
        SamplingResult cold = protocol.Measure(workload, new() { ColdCaches = true }, TestContext.Current.CancellationToken);
        Assert.Equal(4, cold.ToLatency().MedianMs);
        Assert.Equal(workload.Runs, flush.Count);
        protocol.Measure(workload, new MeasurementSettings(), TestContext.Current.CancellationToken);
        Assert.True(workload.Runs > flush.Count);
    }

    [Fact]
    public void Cold_and_hot_caches_are_different_protocols() =>
        Assert.NotEqual(new MeasurementSettings().Protocol, new MeasurementSettings { ColdCaches = true }.Protocol);

    [Theory]
    [InlineData("32768K\n", 32L << 20)]
    [InlineData("8M", 8L << 20)]
    [InlineData("512", 512)]
    [InlineData("", 0)]
    [InlineData("unknown", 0)]
    public void A_caches_size_is_read_as_linux_writes_it(string text, long bytes) => Assert.Equal(bytes, CpuFacts.CacheBytes(text));

    [Fact]
    public void Flushing_writes_through_its_buffer_without_allocating()
    {
        var flush = new CpuCacheFlush(1 << 20);
        flush.Flush();
        long before = GC.GetAllocatedBytesForCurrentThread();
        flush.Flush();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private sealed class Flush(SyntheticTime time) : ICacheFlush
    {
        public int Count { get; private set; }

        void ICacheFlush.Flush()
        {
            Count++;
            time.Advance(100);
        }
    }
}
