using FasterSeg.Profiler.Service.Engines.Monitoring;

namespace FasterSeg.Profiler.Service.Tests.Engines.Monitoring;

public sealed class GpuReadingTests
{
    private static readonly GpuReading Quiet = new(1900, 5500, 2000, 5500, 60, 200, ThrottleReasons.None);

    /// <summary>The bits are NVML's: nvml.h, nvmlClocksThrottleReason*.</summary>
    [Theory]
    [InlineData(0x0, "none")]
    [InlineData(0x1, "Idle")]
    [InlineData(0x2, "ApplicationsClocksSetting")]
    [InlineData(0x4, "SoftwarePowerCap")]
    [InlineData(0x8, "HardwareSlowdown")]
    [InlineData(0x10, "SyncBoost")]
    [InlineData(0x20, "SoftwareThermalSlowdown")]
    [InlineData(0x40, "HardwareThermalSlowdown")]
    [InlineData(0x80, "HardwarePowerBrakeSlowdown")]
    [InlineData(0x100, "DisplayClockSetting")]
    [InlineData(0x48, "HardwareSlowdown, HardwareThermalSlowdown")]
    [InlineData(0x1004, "SoftwarePowerCap, 0x1000")]
    public void Throttle_bits_have_names(ulong bits, string names) => Assert.Equal(names, GpuReading.Names((ThrottleReasons)bits));

    [Theory]
    [InlineData(0x0, false)]
    [InlineData(0x1, false)]
    [InlineData(0x4, false)] // at its power limit a card is as it always is
    [InlineData(0x8, true)]
    [InlineData(0x20, true)]
    [InlineData(0x40, true)]
    [InlineData(0x80, true)]
    [InlineData(0x84, true)]
    [InlineData(0x100, false)]
    public void Heat_and_power_supply_slow_down(ulong bits, bool expected) =>
        Assert.Equal(expected, (Quiet with { Throttling = (ThrottleReasons)bits }).IsSlowedDown);

    [Fact]
    public void What_a_card_does_not_tell_is_no_fact()
    {
        var facts = (Quiet with { Watts = null, MaximumMemoryMhz = null }).Facts().ToDictionary();
        Assert.Equal(["gpu_memory_mhz", "gpu_sm_mhz", "gpu_sm_mhz_maximum", "gpu_temperature_c", "gpu_throttling"], facts.Keys.Order());
        Assert.Equal("none", facts["gpu_throttling"]);
    }
}
