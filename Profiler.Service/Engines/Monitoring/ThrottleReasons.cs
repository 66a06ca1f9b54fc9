namespace FasterSeg.Profiler.Service.Engines.Monitoring;

/// <summary>Why a GPU's clocks are not at their highest: the bits of NVML's <c>nvmlDeviceGetCurrentClocksThrottleReasons</c>.</summary>
[Flags]
public enum ThrottleReasons : ulong
{
    /// <summary>They are.</summary>
    None = 0,

    /// <summary>Nothing runs.</summary>
    Idle = 1 << 0,

    /// <summary>The user has fixed them.</summary>
    ApplicationsClocksSetting = 1 << 1,

    /// <summary>The power limit is reached: usual under load.</summary>
    SoftwarePowerCap = 1 << 2,

    /// <summary>The hardware halves them or worse: temperature or power.</summary>
    HardwareSlowdown = 1 << 3,

    /// <summary>Another GPU of the group is slower.</summary>
    SyncBoost = 1 << 4,

    /// <summary>The driver lowers them: temperature.</summary>
    SoftwareThermalSlowdown = 1 << 5,

    /// <summary>The hardware halves them or worse: temperature.</summary>
    HardwareThermalSlowdown = 1 << 6,

    /// <summary>The hardware halves them or worse: the power supply asks for it.</summary>
    HardwarePowerBrakeSlowdown = 1 << 7,

    /// <summary>A display asks for other ones.</summary>
    DisplayClockSetting = 1 << 8,
}
