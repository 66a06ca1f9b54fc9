namespace FasterSeg.Bench.Searching;

/// <summary>This process's resident memory, as Linux counts it.</summary>
internal static class ProcessMemory
{
    /// <summary>MiB now.</summary>
    public static double ResidentMiB => Read("VmRSS:");

    /// <summary>The most that it ever was, MiB.</summary>
    public static double PeakMiB => Read("VmHWM:");

    private static double Read(string name) =>
        double.Parse(
            File.ReadLines("/proc/self/status")
                .First(line => line.StartsWith(name, StringComparison.Ordinal))
                .Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1],
            System.Globalization.CultureInfo.InvariantCulture
        ) / 1024;
}
