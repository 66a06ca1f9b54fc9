using System.Diagnostics;

namespace FasterSeg.Profiler.Service;

/// <summary>
/// Warnings that strangers cause, as often as they like: a few a minute are written, the others are counted, and the count is written with
/// the next one. Safe for use by any number of threads.
/// </summary>
/// <param name="logger">Where they go.</param>
internal sealed class RareLog(ILogger logger)
{
    /// <summary>Lines in a minute.</summary>
    public const int Most = 10;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private long begun;
    private int written;
    private long untold;

    /// <summary>Writes a warning, or counts it.</summary>
    /// <param name="template">The message, with names in braces.</param>
    /// <param name="values">Their values, bounded (<see cref="LogText"/>).</param>
    public void Warn(string template, params object?[] values)
    {
        long before;
        lock (gate)
        {
            if (begun == 0 || Stopwatch.GetElapsedTime(begun) >= Window)
                (begun, written) = (Stopwatch.GetTimestamp(), 0);
            if (written >= Most)
            {
                untold++;
                return;
            }
            written++;
            (before, untold) = (untold, 0);
        }
        if (before > 0)
            logger.LogWarning("{Count} more warnings such as the next one were not written", before);
        logger.LogWarning(template, values);
    }
}
