using System.Collections.Concurrent;
using System.Text;
using FasterSeg.Latency;
using FasterSeg.Latency.Pages;
using FasterSeg.Search.Client.Hosting;
using FasterSeg.Search.Client.Reporting.Html;
using FasterSeg.Search.Runs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using static FasterSeg.Latency.Pages.Markup;

namespace FasterSeg.Search.Client.Pages;

/// <summary>
/// Pages of runs. A path names a run that lies where this was told to look, or a picture of its page by its hash; nothing that a browser
/// writes ever becomes a path of the disk.
/// </summary>
/// <param name="run">The one run that is watched; null watches a folder of them.</param>
/// <param name="folder">That folder.</param>
/// <param name="time">The clock.</param>
internal sealed class WatchServer(string? run, string folder, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, LiveRun> live = new(StringComparer.Ordinal);

    /// <summary>Where the page of a run is.</summary>
    /// <param name="name">Of its folder.</param>
    public static string PathOf(string name) => "/run/" + Uri.EscapeDataString(name);

    /// <summary>Adds the pages.</summary>
    public void Map(WebApplication application)
    {
        application.Use(
            async (context, next) =>
            {
                PageHost.Guard(context.Response);
                await next(context);
            }
        );
        application.MapGet("/", () => run is null ? List() : Run(RunPage.NameOf(run)));
        application.MapGet(PageDocument.ScriptPath, () => Text(PageDocument.Script, "text/javascript; charset=utf-8"));
        application.MapGet("/run/{name}", Run);
        application.MapGet("/run/{name}/picture/{hash}", Picture);
        application.MapFallback(() => Missing("There is no such page here."));
    }

    private IResult List()
    {
        RunOverview[] runs =
        [
            .. Runs()
                .Values.Select(path => Overview(path))
                .OfType<RunOverview>()
                .OrderByDescending(one => one.Progress?.News)
                .ThenBy(one => one.Name, StringComparer.Ordinal),
        ];
        return Html(RunListPage.Write(Path.GetFullPath(folder), runs, time.GetUtcNow()));
    }

    private IResult Run(string name)
    {
        try
        {
            return Find(name) is { } found ? Html(found.Page(hasList: run is null)) : Gone(name);
        }
        catch (UserErrorException)
        {
            // It went away just now.
            return Gone(name);
        }
    }

    private IResult Picture(string name, string hash) =>
        live.TryGetValue(name, out LiveRun? known) && known.Picture(hash) is { } png
            ? Results.Bytes(png, "image/png")
            : Missing("There is no such picture any more.");

    /// <summary>A run that is there now, by its name.</summary>
    private LiveRun? Find(string name)
    {
        if (Runs().TryGetValue(name, out string? path))
            return live.GetOrAdd(name, _ => new LiveRun(path, time));
        live.TryRemove(name, out _);
        return null;
    }

    /// <summary>The folders of the runs that are there now, by their names.</summary>
    private Dictionary<string, string> Runs()
    {
        IEnumerable<string> folders =
            run is not null ? [run]
            : Directory.Exists(folder) ? Directory.EnumerateDirectories(folder)
            : [];
        return folders.Where(RunFolder.Exists).ToDictionary(RunPage.NameOf, StringComparer.Ordinal);
    }

    private static RunOverview? Overview(string path)
    {
        try
        {
            return RunOverview.Of(path);
        }
        catch (UserErrorException)
        {
            return null;
        }
    }

    private IResult Gone(string name) => Missing($"There is no run '{name}' here any more: its folder was moved or removed.");

    private IResult Missing(string sentence) =>
        Html(
            PageDocument.Write(
                "FasterSeg",
                isLive: true,
                Element("p", "warning", sentence),
                run is null ? Element("p", null, Element("a", null, new System.Xml.Linq.XAttribute("href", "/"), "All runs")) : null
            ),
            StatusCodes.Status404NotFound
        );

    private static IResult Html(string page, int status = StatusCodes.Status200OK) =>
        status == StatusCodes.Status200OK
            ? Text(page, "text/html; charset=utf-8")
            : Results.Content(page, "text/html; charset=utf-8", Encoding.UTF8, status);

    private static IResult Text(string text, string type) => PageHost.Tagged(Encoding.UTF8.GetBytes(text), type);
}
