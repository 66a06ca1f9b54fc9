using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Profiler.Service.Tests.Measuring;

/// <summary>What readings say of a device whose quiet is known: the sentinel takes 1 ms, memory 10, arithmetic 0.01.</summary>
public sealed class LoadVerdictTests
{
    private static readonly PaceReference Quiet = new(1, 10, 0.01, 10.5, 0.0105);

    [Fact]
    public void Loads_that_take_turns_are_load_though_each_median_is_right() =>
        Assert.Equal(
            "0 of 10 looks at it met it in quiet",
            Of([.. Repeat(4, memory: 30), .. Repeat(4, arithmetic: 0.02), .. Repeat(2, sentinel: 1.5)])
        );

    [Fact]
    public void A_quarter_in_quiet_is_enough_where_the_others_are_measured_again() =>
        Assert.Null(Of([.. Repeat(3), .. Repeat(7, memory: 30)]));

    [Fact]
    public void Where_nothing_is_measured_again_all_must_be() =>
        Assert.NotNull(Of([.. Repeat(1), .. Repeat(1, sentinel: 1.3, memory: 30)], quietShare: 1));

    [Fact]
    public void A_device_that_has_become_faster_is_in_quiet() => Assert.Null(Of([.. Repeat(6, sentinel: 0.7, memory: 8)], quietShare: 1));

    private static string? Of(SentinelReading[] readings, double quietShare = LoadVerdict.QuietShare) =>
        LoadVerdict.Of(readings, Quiet, new Sentinel(0.01), quietShare).Reason;

    private static SentinelReading[] Repeat(int count, double sentinel = 1, double memory = 10, double arithmetic = 0.01) =>
        [.. Enumerable.Range(0, count).Select(i => new SentinelReading(i, sentinel, new(memory, arithmetic, 0)))];
}
