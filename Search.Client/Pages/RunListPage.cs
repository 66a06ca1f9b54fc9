using System.Xml.Linq;
using FasterSeg.Latency.Pages;
using static FasterSeg.Latency.Pages.Markup;

namespace FasterSeg.Search.Client.Pages;

/// <summary>The list of runs.</summary>
internal static class RunListPage
{
    /// <summary>The page.</summary>
    /// <param name="folder">Where the runs lie.</param>
    /// <param name="runs">The runs.</param>
    /// <param name="fault">Why the folder cannot be read; null where it can.</param>
    /// <param name="now">When the page is made.</param>
    public static string Write(string folder, IReadOnlyList<RunOverview> runs, string? fault, DateTimeOffset now) =>
        PageDocument.Write(
            "FasterSeg: runs",
            isLive: true,
            Element("header", null, Element("h1", null, "Runs"), Element("p", null, folder)),
            fault is not null ? Element("p", "warning", fault)
                : runs.Count == 0 ? Element("p", "note", "There is no run here: 'fasterseg search --out' makes one.")
                : Rows(["run", "state", "doing", "student", "mIoU on val", "last news"], runs.Select(run => Row(run, now))),
            runs.Where(run => run.Fault is not null).Select(run => Element("p", "warning", $"{run.Name}: {run.Fault}"))
        );

    private static IReadOnlyList<object> Row(RunOverview run, DateTimeOffset now) =>
        [
            Element("a", null, new XAttribute("href", WatchServer.PathOf(run.Name)), run.Name),
            run.Fault is not null ? "cannot be read"
            : run.Progress is not null ? ProgressWords.State(run.Progress, now)
            : run.Reached,
            run.Progress is { Task.Length: > 0 } progress ? ProgressWords.Of(progress) : "",
            run.Student ?? "",
            run.MeanIou ?? "",
            run.Progress is { } known ? ProgressWords.Ago(known.News, now) : "",
        ];
}
