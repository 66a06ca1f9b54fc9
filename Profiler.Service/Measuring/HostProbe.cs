using System.Diagnostics;

namespace FasterSeg.Profiler.Service.Measuring;

/// <summary>
/// Looks at memory and core of this machine by fixed pieces of work. Several of each, so that one hiccup is no load; their median, so that
/// a moment's quiet within a load does not pass for quiet.
/// </summary>
public sealed class HostProbe(TimeProvider time) : IHostProbe
{
    private const int Arithmetics = 51;

    /// <inheritdoc/>
    public HostPace Read()
    {
        (double Used, double All)? before = Ticks();
        double own = OwnSeconds();
        double[] steps = [.. Enumerable.Range(0, Arithmetics).Select(_ => CorePace.ReadMs(time)).Order()];
        double memory = MemoryPace.ReadMs(time);
        double? busy = null;
        if (before is { } from && Ticks() is { } to && to.All > from.All)
        {
            double seconds = (to.Used - from.Used) / TicksPerSecond;
            busy = Math.Clamp((seconds - (OwnSeconds() - own)) * TicksPerSecond / (to.All - from.All), 0, 1);
        }
        return new(memory, steps[Arithmetics / 2], busy);
    }

    // What Linux counts processor time in, whatever its own clock is.
    private const double TicksPerSecond = 100;

    private static double OwnSeconds()
    {
        using var self = Process.GetCurrentProcess();
        return self.TotalProcessorTime.TotalSeconds;
    }

    /// <summary>Time of all processors so far, and what of it was used or stolen, in ticks; null where the system does not say.</summary>
    private static (double Used, double All)? Ticks()
    {
        try
        {
            if (!OperatingSystem.IsLinux())
                return null;
            // user nice system idle iowait irq softirq steal
            double[] ticks =
            [
                .. File.ReadLines("/proc/stat")
                    .First()
                    .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                    .Skip(1)
                    .Take(8)
                    .Select(text => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture)),
            ];
            return ticks.Length == 8 ? (ticks.Sum() - ticks[3] - ticks[4], ticks.Sum()) : null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or FormatException or InvalidOperationException)
        {
            return null;
        }
    }
}
