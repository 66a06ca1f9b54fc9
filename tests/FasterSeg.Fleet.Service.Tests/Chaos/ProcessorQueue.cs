using System.Diagnostics;
using System.Globalization;

namespace FasterSeg.Fleet.Service.Tests.Chaos;

/// <summary>
/// What share of the time processes stood in line for a processor, as Linux counts it for each thread (/proc/PID/task/TID/schedstat). A
/// program that waits for a timeout stands in no line; one on a busy host does.
/// </summary>
internal sealed class ProcessorQueue
{
    private readonly Dictionary<string, (long Ran, long Stood)> last = [];
    private long then = Stopwatch.GetTimestamp();

    /// <summary>
    /// The share (0 to 1) since the last call: of each process the mean over its threads that wanted a processor, of these the greatest. 0
    /// where the system counts nothing.
    /// </summary>
    public double Share(IEnumerable<int> processes)
    {
        double wall = Stopwatch.GetElapsedTime(then).TotalNanoseconds;
        then = Stopwatch.GetTimestamp();
        return processes
            .Select(process => Threads(process).Select(Stood).Where(stood => stood is not null).DefaultIfEmpty(0).Average()!.Value / wall)
            .Append(0)
            .Max(share => Math.Min(1, share));
    }

    private static IEnumerable<string> Threads(int process)
    {
        string folder = $"/proc/{process}/task";
        try
        {
            return Directory.Exists(folder) ? Directory.GetDirectories(folder) : [];
        }
        catch (IOException)
        {
            // The process has just ended.
            return [];
        }
    }

    /// <summary>Nanoseconds since the last call; null of a thread that wanted no processor, or is new or gone.</summary>
    private double? Stood(string thread)
    {
        (long Ran, long Stood) now;
        try
        {
            // Nanoseconds on a processor, nanoseconds in line, turns.
            string[] counts = File.ReadAllText($"{thread}/schedstat").Split(' ');
            now = (long.Parse(counts[0], CultureInfo.InvariantCulture), long.Parse(counts[1], CultureInfo.InvariantCulture));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            last.Remove(thread);
            return null;
        }
        bool isKnown = last.TryGetValue(thread, out (long Ran, long Stood) before);
        last[thread] = now;
        return isKnown && now != before ? now.Stood - before.Stood : null;
    }
}
