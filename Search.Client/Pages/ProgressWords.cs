using System.Globalization;
using System.Xml.Linq;
using FasterSeg.Search.Client.Reporting;
using FasterSeg.Search.Runs;
using static FasterSeg.Latency.Pages.Markup;

namespace FasterSeg.Search.Client.Pages;

/// <summary>How far a run is, in words and as a bar.</summary>
internal static class ProgressWords
{
    // A step of a large network on a slow machine, or an image of an evaluation, takes less.
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    /// <summary>A word or two on whether it goes on.</summary>
    public static string State(RunProgress? progress, DateTimeOffset now) =>
        progress?.State switch
        {
            null => "no news",
            WorkState.Done => "done",
            WorkState.Interrupted => "interrupted",
            WorkState.Failed => "failed",
            _ => now - progress.News > Long ? "silent" : "running",
        };

    /// <summary>What there is to tell of a run: its search or training, and an evaluation beside it that goes on or ended later; what goes
    /// on stands first, then what is newer.</summary>
    /// <param name="main">Of the search or training.</param>
    /// <param name="evaluation">Of the evaluation.</param>
    /// <param name="now">The time.</param>
    public static RunProgress[] Shown(RunProgress? main, RunProgress? evaluation, DateTimeOffset now) =>
        [
            .. new[] { main, evaluation }
                .OfType<RunProgress>()
                .Where(one => one == main || IsAtWork(one, now) || main is null || one.News > main.News)
                .OrderByDescending(one => IsAtWork(one, now))
                .ThenByDescending(one => one.News),
        ];

    private static bool IsAtWork(RunProgress progress, DateTimeOffset now) => State(progress, now) == "running";

    /// <summary>How long ago something was, coarsely: a page need not change each second.</summary>
    public static string Ago(DateTimeOffset then, DateTimeOffset now)
    {
        TimeSpan ago = now - then;
        return ago < TimeSpan.FromMinutes(1) ? "less than a minute ago"
            : ago < TimeSpan.FromHours(2) ? string.Create(CultureInfo.InvariantCulture, $"{(int)ago.TotalMinutes} min ago")
            : ago < TimeSpan.FromDays(2) ? string.Create(CultureInfo.InvariantCulture, $"{(int)ago.TotalHours} h ago")
            : then.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
    }

    /// <summary>The task in words, e.g. <c>search: 120/651, 18 %, 2:10 left</c>.</summary>
    public static string Of(RunProgress progress) =>
        $"{TaskName(progress.Task)}: "
        + ProgressText
            .Of(
                progress.Done,
                progress.Total,
                progress.SecondsLeft is { } left && progress.State == WorkState.Running
                    ? TimeSpan.FromSeconds(Math.Clamp(left, 0, 1e8))
                    : null,
                latest: ""
            )
            .Replace("  ", ", ", StringComparison.Ordinal);

    /// <summary>The part of a page that says how far the run is.</summary>
    public static XElement Section(RunProgress? progress, DateTimeOffset now)
    {
        if (progress is null)
            return Element(
                "div",
                "now",
                Element("p", null, "Nothing has told how far it is: no command works on this run now, or an older one does.")
            );
        string state = State(progress, now);
        return Element(
            "div",
            "now",
            Element("p", null, Element("b", null, state), progress.Task.Length > 0 ? " - " + Of(progress) : ""),
            progress is { Total: > 0, State: WorkState.Running or WorkState.Interrupted }
                ? Element(
                    "progress",
                    null,
                    new XAttribute("aria-label", TaskName(progress.Task)),
                    Attribute("max", $"{progress.Total:0.###}"),
                    Attribute("value", $"{Math.Clamp(progress.Done, 0, progress.Total):0.###}")
                )
                : null,
            progress.Latest.Length > 0 ? Element("p", "note", progress.Latest.Replace("  ", ", ", StringComparison.Ordinal)) : null,
            Element("p", "note", $"Last news {Ago(progress.News, now)}; it began {Ago(progress.Began, now)}."),
            progress.Failure is { } failure ? Element("p", "warning", failure) : null,
            state == "silent"
                ? Element(
                    "p",
                    "warning",
                    "It has said nothing for a while: it does something long, waits, or its program was ended from outside. "
                        + "Its command with --resume goes on."
                )
                : null,
            progress.Said.Count > 0 ? Element("ul", null, progress.Said.Reverse().Take(6).Select(line => Element("li", null, line))) : null
        );
    }

    private static string TaskName(string task) => task.Replace('_', ' ');
}
