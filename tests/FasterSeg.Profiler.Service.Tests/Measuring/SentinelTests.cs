using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Profiler.Service.Tests.Measuring;

public sealed class SentinelTests
{
    [Fact]
    public void Is_read_at_the_start_every_so_many_operators_and_at_the_end()
    {
        var sentinel = new Sentinel(0.01, interval: 50);
        Assert.Equal([0, 50, 100, 120], Enumerable.Range(0, 121).Where(position => sentinel.IsDue(position, 120)));
    }

    [Fact]
    public void Drift_is_the_span_of_its_readings()
    {
        Sentinel sentinel = With(2.0);
        Assert.Equal(0, Sentinel.DriftOf(sentinel.Readings));
        sentinel = With(2.0, 2.2, 2.1);
        Assert.Equal(0.1, Sentinel.DriftOf(sentinel.Readings), 12);
        Assert.Equal(new SentinelReading(10, 2.2), sentinel.Readings[1]);
    }

    [Fact]
    public void A_disturbance_touches_the_operators_on_both_sides_of_its_readings()
    {
        Sentinel sentinel = With(2.0, 2.01, 2.5, 1.99, 2.0, 2.02);
        Assert.Equal(2.005, ReferenceOf(sentinel), 12);
        Assert.Equal(Enumerable.Range(10, 20), sentinel.Touched(new PaceReference(ReferenceOf(sentinel))));
    }

    [Fact]
    public void A_faster_stretch_is_a_disturbance_too() =>
        Assert.Equal(Enumerable.Range(0, 10), With(1.8, 2.0, 2.0).Touched(new PaceReference(2.0)));

    [Fact]
    public void A_steady_device_touches_nothing() => Assert.Empty(With(2.0, 2.05, 1.95).Touched(new PaceReference(2.0)));

    [Fact]
    public void The_reference_follows_a_device_that_changes_for_good()
    {
        Sentinel sentinel = With(2.0, 3.0, 3.0, 3.0, 3.0);
        Assert.Equal(3.0, ReferenceOf(sentinel));
        Assert.Equal(Enumerable.Range(0, 10), sentinel.Touched(new PaceReference(ReferenceOf(sentinel))));
    }

    [Fact]
    public void Rough_readings_tell_of_great_drifts_only()
    {
        var rough = new Sentinel(relativeHalfWidth: 0.2);
        Assert.False(rough.IsOff(1.3, 1));
        Assert.True(rough.IsOff(1.5, 1));
    }

    [Fact]
    public void Without_a_reading_there_is_no_reference_and_nothing_is_touched()
    {
        Assert.Equal(double.NaN, ReferenceOf(With()));
        Assert.Empty(With().Touched(new PaceReference(double.NaN)));
    }

    private static double ReferenceOf(Sentinel sentinel) => PaceReference.Of(sentinel.Readings).SentinelMs ?? double.NaN;

    /// <summary>Readings ten operators apart.</summary>
    private static Sentinel With(params double[] readings)
    {
        var sentinel = new Sentinel(0.01, interval: 10);
        for (int i = 0; i < readings.Length; i++)
            sentinel.Add(new(10 * i, readings[i]));
        return sentinel;
    }
}
