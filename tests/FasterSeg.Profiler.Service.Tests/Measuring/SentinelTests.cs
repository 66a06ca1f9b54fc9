using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Profiler.Service.Tests.Measuring;

public sealed class SentinelTests
{
    [Fact]
    public void IsReadAtTheStartEverySoManyOperatorsAndAtTheEnd()
    {
        var sentinel = new Sentinel(0.01, interval: 50);
        Assert.Equal([0, 50, 100, 120], Enumerable.Range(0, 121).Where(position => sentinel.IsDue(position, 120)));
    }

    [Fact]
    public void DriftIsTheSpanOfItsReadings()
    {
        Sentinel sentinel = With(2.0);
        Assert.Equal(0, Sentinel.DriftOf(sentinel.Readings));
        sentinel = With(2.0, 2.2, 2.1);
        Assert.Equal(0.1, Sentinel.DriftOf(sentinel.Readings), 12);
        Assert.Equal(new SentinelReading(10, 2.2), sentinel.Readings[1]);
    }

    [Fact]
    public void ADisturbanceTouchesTheOperatorsOnBothSidesOfItsReadings()
    {
        Sentinel sentinel = With(2.0, 2.01, 2.5, 1.99, 2.0, 2.02);
        Assert.Equal(2.005, Sentinel.ReferenceOf(sentinel.Readings), 12);
        Assert.Equal(Enumerable.Range(10, 20), sentinel.Touched(Sentinel.ReferenceOf(sentinel.Readings)));
    }

    [Fact]
    public void AFasterStretchIsADisturbanceToo() => Assert.Equal(Enumerable.Range(0, 10), With(1.8, 2.0, 2.0).Touched(2.0));

    [Fact]
    public void ASteadyDeviceTouchesNothing() => Assert.Empty(With(2.0, 2.05, 1.95).Touched(2.0));

    [Fact]
    public void TheReferenceFollowsADeviceThatChangesForGood()
    {
        Sentinel sentinel = With(2.0, 3.0, 3.0, 3.0, 3.0);
        Assert.Equal(3.0, Sentinel.ReferenceOf(sentinel.Readings));
        Assert.Equal(Enumerable.Range(0, 10), sentinel.Touched(Sentinel.ReferenceOf(sentinel.Readings)));
    }

    [Fact]
    public void RoughReadingsTellOfGreatDriftsOnly()
    {
        var rough = new Sentinel(relativeHalfWidth: 0.2);
        Assert.False(rough.IsOff(1.3, 1));
        Assert.True(rough.IsOff(1.5, 1));
    }

    [Fact]
    public void WithoutAReadingThereIsNoReferenceAndNothingIsTouched()
    {
        Assert.Equal(double.NaN, Sentinel.ReferenceOf(With().Readings));
        Assert.Empty(With().Touched(double.NaN));
    }

    /// <summary>Readings ten operators apart.</summary>
    private static Sentinel With(params double[] readings)
    {
        var sentinel = new Sentinel(0.01, interval: 10);
        for (int i = 0; i < readings.Length; i++)
            sentinel.Add(10 * i, readings[i]);
        return sentinel;
    }
}
