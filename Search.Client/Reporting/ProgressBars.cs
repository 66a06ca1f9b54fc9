using FasterSeg.Search.Runs;
using Spectre.Console;

namespace FasterSeg.Search.Client.Reporting;

/// <summary>Progress as one bar a task on a terminal.</summary>
public sealed class ProgressBars(IAnsiConsole console, ProgressContext context, TimeProvider time) : IProgressReporter
{
    // Beside a bar the text has a line's rest, but for a space on each of its sides.
    private const int Spaces = 2,
        Bar = 20,
        NarrowBar = 8,
        Narrow = 60;

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
            string text = $"{task}  {ProgressText.Of(done, total, left ?? shown.Clock.Left(done, total), latest)}";
            // A text that is longer would take the bar's place, then more lines, and move all at each report.
            shown.Bar.Description = Markup.Escape(ProgressText.Within(text, console.Profile.Width - BarWidth(console) - Spaces));
        }
    }

    /// <summary>Columns of a bar on a console.</summary>
    internal static int BarWidth(IAnsiConsole console) => console.Profile.Width < Narrow ? NarrowBar : Bar;

    /// <inheritdoc/>
    public void Say(string line) => ConsoleText.Write(console, line);
}
