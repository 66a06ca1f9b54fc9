using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Profiler.Service.Tests.Measuring;

public sealed class SentinelTests
{
    [Fact]
    public void IsReadAtTheStartEverySoManyOperatorsAndAtTheEnd()
    {
        var sentinel = new Sentinel(interval: 50);
        Assert.Equal([0, 50, 100, 120], Enumerable.Range(0, 121).Where(position => sentinel.IsDue(position, 120)));
    }

    [Fact]
    public void DriftIsTheSpanOfItsReadings()
    {
        var sentinel = new Sentinel();
        sentinel.Add(0, 2.0);
        Assert.Equal(0, sentinel.Drift);
        sentinel.Add(50, 2.2);
        sentinel.Add(100, 2.1);
        Assert.Equal(0.1, sentinel.Drift, 12);
        Assert.Equal(new SentinelReading(50, 2.2), sentinel.Readings[1]);
    }
}
