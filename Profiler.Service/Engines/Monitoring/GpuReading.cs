using System.Globalization;

namespace FasterSeg.Profiler.Service.Engines.Monitoring;

/// <summary>What a GPU's driver says of one moment; null for what this device does not tell.</summary>
/// <param name="SmMhz">Clock of the multiprocessors, MHz.</param>
/// <param name="MemoryMhz">Clock of the memory, MHz.</param>
/// <param name="MaximumSmMhz">Highest clock of the multiprocessors, MHz.</param>
/// <param name="MaximumMemoryMhz">Highest clock of the memory, MHz.</param>
/// <param name="Celsius">Temperature of the chip.</param>
/// <param name="Watts">Power that the board draws.</param>
/// <param name="Throttling">What lowers the clocks.</param>
public sealed record GpuReading(
    int? SmMhz,
    int? MemoryMhz,
    int? MaximumSmMhz,
    int? MaximumMemoryMhz,
    int? Celsius,
    double? Watts,
    ThrottleReasons Throttling
)
{
    /// <summary>What lowers the clocks for a while and by much. A power limit belongs to the device: it is there under any load.</summary>
    public const ThrottleReasons Slowdowns =
        ThrottleReasons.HardwareSlowdown
        | ThrottleReasons.SoftwareThermalSlowdown
        | ThrottleReasons.HardwareThermalSlowdown
        | ThrottleReasons.HardwarePowerBrakeSlowdown;

    /// <summary>The device is being slowed down by heat or by its power supply.</summary>
    public bool IsSlowedDown => (Throttling & Slowdowns) != 0;

    /// <summary>The reasons by name, e.g. <c>SoftwarePowerCap, Idle</c>; bits without a name in hexadecimal; <c>none</c>.</summary>
    public static string Names(ThrottleReasons reasons)
    {
        if (reasons == ThrottleReasons.None)
            return "none";
        var names = new List<string>();
        ulong unknown = (ulong)reasons;
        foreach (ThrottleReasons reason in Enum.GetValues<ThrottleReasons>())
        {
            if (reason == ThrottleReasons.None || !reasons.HasFlag(reason))
                continue;
            names.Add(reason.ToString());
            unknown &= ~(ulong)reason;
        }
        if (unknown != 0)
            names.Add(string.Create(CultureInfo.InvariantCulture, $"0x{unknown:x}"));
        return string.Join(", ", names);
    }

    /// <summary>The reading as facts of a table's environment.</summary>
    public IEnumerable<KeyValuePair<string, string>> Facts()
    {
        (string Name, double? Value)[] numbers =
        [
            ("gpu_sm_mhz", SmMhz),
            ("gpu_memory_mhz", MemoryMhz),
            ("gpu_sm_mhz_maximum", MaximumSmMhz),
            ("gpu_memory_mhz_maximum", MaximumMemoryMhz),
            ("gpu_temperature_c", Celsius),
            ("gpu_power_w", Watts),
        ];
        foreach ((string name, double? value) in numbers)
        {
            if (value is { } known)
                yield return new(name, known.ToString("0.#", CultureInfo.InvariantCulture));
        }
        yield return new("gpu_throttling", Names(Throttling));
    }
}
