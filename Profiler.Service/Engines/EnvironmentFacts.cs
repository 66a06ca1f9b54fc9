using System.Globalization;
using System.Runtime.InteropServices;
using FasterSeg.Latency;

namespace FasterSeg.Profiler.Service.Engines;

/// <summary>
/// What a table's numbers may depend on without being part of its identity: clocks, caches, memory, limits, load. Whoever
/// wonders at a table finds here what was different. A fact that this system does not tell is left out.
/// </summary>
public static class EnvironmentFacts
{
    private const string CpuFolder = "/sys/devices/system/cpu/cpu0/";
    private const int LongestFact = 200;

    /// <summary>The facts of now, by name.</summary>
    /// <param name="device">The processor.</param>
    public static IReadOnlyDictionary<string, string> Read(DeviceFacts device) =>
        Known([
            ("cpu", device.Name),
            .. ProcessorFacts.Read(Text("/proc/cpuinfo")),
            ("logical_cores", device.LogicalCores.ToString(CultureInfo.InvariantCulture)),
            ("governor", FirstLine(CpuFolder + "cpufreq/scaling_governor")),
            ("frequency_mhz", Frequency(FirstLine(CpuFolder + "cpufreq/scaling_cur_freq"), Text("/proc/cpuinfo"))),
            .. CachesOrNone([.. Caches()]),
            ("memory", ProcessorFacts.Field(Text("/proc/meminfo"), "MemTotal")),
            ("container_cpu_limit", CpuLimit(FirstLine("/sys/fs/cgroup/cpu.max"))),
            ("container_memory_limit", FirstLine("/sys/fs/cgroup/memory.max") is var limit && limit == "max" ? "" : limit),
            ("load_average", string.Join(' ', FirstLine("/proc/loadavg").Split(' ').Take(3))),
            ("operating_system", device.OperatingSystem),
            ("onnxruntime", device.OnnxRuntime),
            ("dotnet", RuntimeInformation.FrameworkDescription),
        ]);

    /// <summary>The clock in MHz: of the frequency driver (kHz) or, without one, of <c>/proc/cpuinfo</c>.</summary>
    public static string Frequency(string kilohertz, string cpuinfo) =>
        long.TryParse(kilohertz, NumberStyles.None, CultureInfo.InvariantCulture, out long khz)
            ? (khz / 1000).ToString(CultureInfo.InvariantCulture)
            : ProcessorFacts.Field(cpuinfo, "cpu MHz");

    /// <summary>The processors that a container may use, from cgroup's <c>quota period</c>; empty without a limit.</summary>
    public static string CpuLimit(string quotaAndPeriod) =>
        quotaAndPeriod.Split(' ') is [var quota, var period]
        && double.TryParse(quota, CultureInfo.InvariantCulture, out double q)
        && double.TryParse(period, CultureInfo.InvariantCulture, out double p)
        && p > 0
            ? (q / p).ToString("0.##", CultureInfo.InvariantCulture)
            : "";

    /// <summary>The caches' sizes; where the system tells of none, as a hypervisor may have it, it says so.</summary>
    public static IReadOnlyList<(string Name, string Value)> CachesOrNone(IReadOnlyList<(string Name, string Value)> caches) =>
        caches.Any(cache => cache.Value.Length > 0) ? caches : [("caches", "not told")];

    private static IEnumerable<(string, string)> Caches() =>
        from index in Enumerable.Range(0, 5)
        let folder = $"{CpuFolder}cache/index{index}/"
        let type = FirstLine(folder + "type")
        where type.Length > 0
        select ($"cache_l{FirstLine(folder + "level")}_{type.ToLowerInvariant()}", FirstLine(folder + "size"));

    private static Dictionary<string, string> Known(IEnumerable<(string Name, string Value)> facts) =>
        facts
            .Where(fact => fact.Value.Length is > 0 and <= LongestFact)
            .DistinctBy(fact => fact.Name)
            .ToDictionary(fact => fact.Name, fact => fact.Value);

    private static string FirstLine(string path) => Text(path).Split('\n')[0].Trim();

    private static string Text(string path) => CpuFacts.ReadIfThere(path);
}
