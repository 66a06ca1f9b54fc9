using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using FasterSeg.Latency;

namespace FasterSeg.Profiler.Service.Engines;

/// <summary>Reads the facts of the processor that this process runs on.</summary>
public static class CpuFacts
{
    private const string ProcessorFile = "/proc/cpuinfo";
    private const string MachineIdFile = "/etc/machine-id";

    /// <summary>The facts of this machine.</summary>
    /// <param name="defaultThreads">CPU threads of a session where a request does not say.</param>
    public static DeviceFacts Read(int defaultThreads)
    {
        string name = ModelName(ReadIfThere(ProcessorFile)) ?? $"{RuntimeInformation.ProcessArchitecture} processor";
        int cores = Environment.ProcessorCount;
        long memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        return new(
            name,
            Uuid(ReadIfThere(MachineIdFile), name, cores),
            RuntimeInformation.OSDescription,
            QuietRuntime.Version,
            cores,
            memory,
            defaultThreads
        );
    }

    /// <summary>The first <c>model name</c> of a Linux <c>/proc/cpuinfo</c>, or null.</summary>
    public static string? ModelName(string cpuinfo) => ProcessorFacts.Field(cpuinfo, "model name") is { Length: > 0 } name ? name : null;

    /// <summary>
    /// Identifies this machine's processor, by a hash: the machine's own id is confidential and must not leave it. A machine
    /// without an id is told by its facts.
    /// </summary>
    public static string Uuid(string machineId, string name, int cores)
    {
        byte[] digest = SHA256.HashData(Encoding.UTF8.GetBytes($"fasterseg-device|{machineId.Trim()}|{name}|{cores}"));
        return "CPU-" + new Guid(digest.AsSpan(0, 16), bigEndian: true);
    }

    /// <summary>Size of the largest cache, bytes; 0 where the system does not say.</summary>
    public static long LargestCacheBytes() =>
        Enumerable.Range(0, 5).Select(index => CacheBytes(ReadIfThere($"/sys/devices/system/cpu/cpu0/cache/index{index}/size"))).Max();

    /// <summary>Linux's size of a cache, such as <c>32768K</c>, in bytes; 0 where it is none.</summary>
    public static long CacheBytes(string size)
    {
        string text = size.Trim();
        int unit =
            text.EndsWith('K') ? 1 << 10
            : text.EndsWith('M') ? 1 << 20
            : 1;
        return long.TryParse(text.TrimEnd('K', 'M'), NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number * unit : 0;
    }

    /// <summary>Cores that this process may use, hardware threads of one core counted once; 1 where the system does not say.</summary>
    public static int PhysicalCores() =>
        Math.Max(
            1,
            Enumerable
                .Range(0, Environment.ProcessorCount)
                .Select(processor => ReadIfThere($"/sys/devices/system/cpu/cpu{processor}/topology/thread_siblings_list").Trim())
                .Where(siblings => siblings.Length > 0)
                .Distinct()
                .Count()
        );

    /// <summary>A system file's text, or an empty one where it is not there or not to be read.</summary>
    internal static string ReadIfThere(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllText(path) : "";
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
