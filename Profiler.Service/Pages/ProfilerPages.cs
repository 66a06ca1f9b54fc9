using System.Text;
using FasterSeg.Latency.Pages;
using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Profiler.Service.Jobs;
using FasterSeg.Profiler.Service.Security;
using FasterSeg.Profiler.Service.Store;

namespace FasterSeg.Profiler.Service.Pages;

/// <summary>
/// The page for people at <c>/</c> of its own address, and the tables for download. A table is named by its id in the store; nothing that a
/// browser writes becomes a path of the disk. Behind the same gates as every call.
/// </summary>
public sealed class ProfilerPages(
    IEngine engine,
    DeviceWorker device,
    DeviceHealth health,
    StoreHealth storeHealth,
    TableJobs running,
    JobStore jobs,
    TableStore tables,
    TableFindings findings,
    TimeProvider time
)
{
    private const int MostJobs = 30,
        MostTables = 60;
    private const string Tables = "/tables/",
        Json = ".json";

    // Whoever looks on must cost the device nothing: one page for all who ask within a while.
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(2);

    private readonly Lock gate = new();
    private readonly Dictionary<string, (long Made, byte[] Page)> made = [];

    /// <summary>Adds the pages, for connections that came in where they are.</summary>
    public static void Map(WebApplication application) =>
        application.MapWhen(
            context => context.Features.Get<PageConnection>() is not null,
            pages => pages.Run(context => context.RequestServices.GetRequiredService<ProfilerPages>().AnswerAsync(context))
        );

    private async Task AnswerAsync(HttpContext context)
    {
        PageAnswers.Guard(context.Response);
        await Answer(context).ExecuteAsync(context);
    }

    private IResult Answer(HttpContext context)
    {
        // A page of somebody else's must not read this one by a name that it lets point here.
        if (context.Features.Get<PageConnection>()!.IsLoopback && !PageAnswers.LoopbackHosts.Contains(context.Request.Host.Host))
            return Sentence("This page is at 127.0.0.1 or localhost: it does not answer by other names.", StatusCodes.Status400BadRequest);
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
            return Sentence("Pages are only read.", StatusCodes.Status405MethodNotAllowed);
        try
        {
            string path = context.Request.Path.Value ?? "";
            return path switch
            {
                "" or "/" => PageAnswers.Tagged(Page(context), "text/html; charset=utf-8"),
                PageDocument.ScriptPath => PageAnswers.Tagged(
                    Encoding.UTF8.GetBytes(PageDocument.Script),
                    "text/javascript; charset=utf-8"
                ),
                _ when path.StartsWith(Tables, StringComparison.Ordinal) && path.EndsWith(Json, StringComparison.Ordinal) => Table(
                    path[Tables.Length..^Json.Length]
                ),
                _ => Sentence("There is no such page here.", StatusCodes.Status404NotFound),
            };
        }
        catch (Exception fault) when (fault is StoreUnavailableException or Microsoft.Data.Sqlite.SqliteException)
        {
            return Sentence($"The store cannot be read: {fault.Message}", StatusCodes.Status503ServiceUnavailable);
        }
    }

    private byte[] Page(HttpContext context)
    {
        string client = context.Client();
        bool isOperator = context.IsOperator();
        string viewer = isOperator ? "" : client;
        lock (gate)
        {
            if (made.TryGetValue(viewer, out var known) && time.GetElapsedTime(known.Made) < Kept)
                return known.Page;
            // A page for each client that looks on; those who left are forgotten.
            foreach (string old in made.Where(one => time.GetElapsedTime(one.Value.Made) > 30 * Kept).Select(one => one.Key).ToArray())
                made.Remove(old);
            byte[] page = Encoding.UTF8.GetBytes(ProfilerPage.Write(Look(client, isOperator)));
            made[viewer] = (time.GetTimestamp(), page);
            return page;
        }
    }

    private ProfilerSight Look(string client, bool isOperator)
    {
        IReadOnlyList<TableHeader> listed = tables.List(MostTables);
        IReadOnlyDictionary<string, string> validations = findings.Validations();
        return new ProfilerSight(
            engine.Device,
            engine.Provider,
            engine.Precision,
            health.Reason,
            storeHealth.Reason,
            device.Waiting,
            [
                .. jobs.List(MostJobs)
                    .Select(job => new SeenJob(
                        job,
                        running.Find(job.Id)?.Present,
                        running.Find(job.Id) is not null,
                        job.Owner is null || isOperator || job.Owner == client ? job.Owner : "another client"
                    )),
            ],
            [
                .. listed.Select(table => new SeenTable(
                    table,
                    findings.Drift(table, listed),
                    findings.Networks(table),
                    validations.GetValueOrDefault(table.Hash)
                )),
            ],
            time.GetUtcNow()
        );
    }

    private IResult Table(string id) =>
        tables.Json(id) is { } json
            ? Results.Bytes(json, "application/json", fileDownloadName: $"{id}{Json}")
            : Sentence("This profiler has no such table.", StatusCodes.Status404NotFound);

    private static IResult Sentence(string sentence, int status) =>
        Results.Content(
            PageDocument.Write("FasterSeg profiler", isLive: false, Markup.Element("p", "warning", sentence)),
            "text/html; charset=utf-8",
            Encoding.UTF8,
            status
        );
}
