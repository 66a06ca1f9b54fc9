using FasterSeg.Search.Runs;
using Spectre.Console;

namespace FasterSeg.Search.Client.Reporting;

/// <summary>
/// Progress as plain lines, for logs and pipes: the first and the last report of every task, and in between one line every few
/// seconds.
/// </summary>
public sealed class ProgressLines(IAnsiConsole console, TimeProvider time) : IProgressReporter
{
    /// <summary>Between two lines of one task.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private readonly Dictionary<string, ProgressClock> clocks = [];
    private readonly Dictionary<string, long> printed = [];

    /// <inheritdoc/>
    public void Report(string task, double done, double total, TimeSpan? left = null, string latest = "")
    {
        lock (gate)
        {
            if (!clocks.TryGetValue(task, out ProgressClock? clock))
                clocks.Add(task, clock = new ProgressClock(time, done));
            bool due = !printed.TryGetValue(task, out long last) || time.GetElapsedTime(last) >= Pause;
            if (!due && !clock.Finishes(done, total))
                return;
            printed[task] = time.GetTimestamp();
            // Straight to the writer: a line of a log is never wrapped.
            console.Profile.Out.Writer.WriteLine($"{task}  {ProgressText.Of(done, total, left ?? clock.Left(done, total), latest)}");
        }
    }

    /// <inheritdoc/>
    public void Say(string line)
    {
        lock (gate)
            console.Profile.Out.Writer.WriteLine(line);
    }
}
