using FasterSeg.Search.Runs;
using Spectre.Console;

namespace FasterSeg.Search.Client.Reporting;

/// <summary>Progress as one bar a task on a terminal.</summary>
public sealed class ProgressBars(IAnsiConsole console, ProgressContext context, TimeProvider time) : IProgressReporter
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, (ProgressTask Bar, ProgressClock Clock)> tasks = [];

    /// <inheritdoc/>
    public void Report(string task, double done, double total, TimeSpan? left = null, string latest = "")
    {
        lock (gate)
        {
            if (!tasks.TryGetValue(task, out var shown))
                tasks.Add(task, shown = (context.AddTask(Markup.Escape(task)), new ProgressClock(time, done)));
            shown.Bar.IsIndeterminate = total <= 0;
            if (total > 0)
                shown.Bar.MaxValue = total;
            shown.Bar.Value = done;
            shown.Bar.Description = Markup.Escape($"{task}  {ProgressText.Of(done, total, left ?? shown.Clock.Left(done, total), latest)}");
        }
    }

    /// <inheritdoc/>
    public void Say(string line) => console.WriteLine(line);
}
