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
/// <param name="foldersOf">Names the folders in it; null asks the disk.</param>
internal sealed class WatchServer(string? run, string folder, TimeProvider time, Func<string, IEnumerable<string>>? foldersOf = null)
{
    // Each keeps its pictures. Whoever comes back to one that was given up waits until it is read anew.
    private const int MostLive = 12;

    // A server leaves the body out of an answer to HEAD by itself.
    private static readonly string[] Read = [HttpMethods.Get, HttpMethods.Head];

    private readonly Lock gate = new();
    private readonly Dictionary<string, LiveRun> live = new(StringComparer.Ordinal);

    // The names of those, the one that was asked for last at the end.
    private readonly List<string> asked = [];

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
        application.MapMethods("/", Read, () => run is null ? List() : Run(RunPage.NameOf(run)));
        application.MapMethods(PageDocument.ScriptPath, Read, () => Text(PageDocument.Script, "text/javascript; charset=utf-8"));
        application.MapMethods("/run/{name}", Read, Run);
        application.MapMethods("/run/{name}/picture/{hash}", Read, Picture);
        application.MapFallback(() => Missing("There is no such page here."));
    }

    private IResult List()
    {
        DateTimeOffset now = time.GetUtcNow();
        RunOverview[] runs =
        [
            .. Runs(out string? fault)
                .Values.Select(path => Overview(path, now))
                .OfType<RunOverview>()
                .OrderByDescending(one => one.Progress?.News)
                .ThenBy(one => one.Name, StringComparer.Ordinal),
        ];
        return Html(RunListPage.Write(Path.GetFullPath(folder), runs, fault, now));
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

    private IResult Picture(string name, string hash)
    {
        LiveRun? known;
        lock (gate)
            known = live.GetValueOrDefault(name);
        return known?.Picture(hash) is { } png ? Results.Bytes(png, "image/png") : Missing("There is no such picture any more.");
    }

    /// <summary>A run that is there now, by its name.</summary>
    private LiveRun? Find(string name)
    {
        bool isThere = Runs(out _).TryGetValue(name, out string? path);
        lock (gate)
        {
            asked.Remove(name);
            if (!isThere)
            {
                live.Remove(name);
                return null;
            }
            asked.Add(name);
            if (!live.TryGetValue(name, out LiveRun? known))
                live.Add(name, known = new LiveRun(path!, time));
            while (asked.Count > MostLive)
            {
                live.Remove(asked[0]);
                asked.RemoveAt(0);
            }
            return known;
        }
    }

    /// <summary>The folders of the runs that are there now, by their names.</summary>
    /// <param name="fault">Why their folder cannot be read, a sentence; null where it can.</param>
    private Dictionary<string, string> Runs(out string? fault)
    {
        fault = null;
        try
        {
            IEnumerable<string> folders =
                run is not null ? [run]
                : Directory.Exists(folder) ? (foldersOf ?? Directory.EnumerateDirectories)(folder)
                : [];
            return folders.Where(RunFolder.Exists).ToDictionary(RunPage.NameOf, StringComparer.Ordinal);
        }
        catch (Exception denied) when (denied is UnauthorizedAccessException or IOException or System.Security.SecurityException)
        {
            fault = $"The folder {folder} cannot be read ({denied.Message.TrimEnd('.')}): give this program the right to.";
            return [];
        }
    }

    private static RunOverview? Overview(string path, DateTimeOffset now)
    {
        try
        {
            return RunOverview.Of(path, now);
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
