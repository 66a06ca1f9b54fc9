using System.Runtime.InteropServices;

namespace FasterSeg.Profiler.Service.Measuring;

/// <summary>How long the calling thread has had a processor, where the system says so (Linux).</summary>
public static partial class ThreadClock
{
    private const int ThreadProcessorTime = 3;

    /// <summary>Reads the clock, in ms; null where this system has none that is fine enough.</summary>
    public static Func<double>? Reader { get; } = OperatingSystem.IsLinux() && Environment.Is64BitProcess ? ReadMs : null;

    private static double ReadMs() =>
        GetTime(ThreadProcessorTime, out Timespec now) == 0 ? (now.Seconds * 1e3) + (now.Nanoseconds / 1e6) : double.NaN;

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out Timespec time);

    private struct Timespec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
