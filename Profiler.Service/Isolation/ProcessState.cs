using System.Globalization;

namespace FasterSeg.Profiler.Service.Isolation;

/// <summary>What the kernel says of a process's running, where it does (Linux); elsewhere every process runs.</summary>
internal static class ProcessState
{
    /// <summary>Whether a signal, or a debugger, has stopped it.</summary>
    public static bool IsStopped(int id)
    {
        string stat = Read($"/proc/{id}/stat");
        // Its name is in parentheses and may be anything.
        int state = stat.LastIndexOf(')') + 2;
        return state > 1 && state < stat.Length && stat[state] is 'T' or 't';
    }

    /// <summary>How long each of its threads has waited for a processor so far, by thread.</summary>
    public static IReadOnlyDictionary<string, TimeSpan> Waits(int id)
    {
        var waits = new Dictionary<string, TimeSpan>();
        if (!OperatingSystem.IsLinux())
            return waits;
        try
        {
            foreach (string thread in Directory.EnumerateDirectories($"/proc/{id}/task"))
            {
                // Time on a processor, time of waiting for one, both in ns.
                if (
                    Read(Path.Combine(thread, "schedstat")).Split(' ') is [_, var waited, ..]
                    && long.TryParse(waited, NumberStyles.None, CultureInfo.InvariantCulture, out long ns)
                )
                    waits[thread] = TimeSpan.FromTicks(ns / 100);
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // It has just ended.
        }
        return waits;
    }

    /// <summary>How often the kernel has ended a process of this machine for want of memory.</summary>
    public static long OutOfMemoryKills()
    {
        const string Name = "oom_kill ";
        string line = Read("/proc/vmstat").Split('\n').FirstOrDefault(line => line.StartsWith(Name, StringComparison.Ordinal)) ?? "";
        return line.Length > 0 && long.TryParse(line[Name.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out long kills)
            ? kills
            : 0;
    }

    private static string Read(string path)
    {
        try
        {
            return OperatingSystem.IsLinux() ? File.ReadAllText(path) : "";
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
