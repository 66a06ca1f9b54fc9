using System.Net;
using System.Text.RegularExpressions;
using FasterSeg.Search.Client.Hosting;
using FasterSeg.Search.Client.Pages;
using FasterSeg.Search.Client.Tests.Commands;
using FasterSeg.Search.Data;
using FasterSeg.Search.Runs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace FasterSeg.Search.Client.Tests.Pages;

/// <summary>The pages in a real browser.</summary>
public sealed class BrowserTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_page_keeps_itself_up_to_date()
    {
        RunFolder run = Made();
        int asked = 0;
        await using WebApplication server = await ServeAsync(application =>
            application.Use(
                async (context, next) =>
                {
                    if (context.Request.Path == "/")
                        Progress(run, Interlocked.Increment(ref asked));
                    await next(context);
                }
            )
        );
        string page = await Browser.ShowAsync(server.Urls.First(), folder["profile"], 1200, milliseconds: 10_000);
        int last = int.Parse(
            Regex.Match(page, "<progress[^>]* value=\"([0-9]+)\"").Groups[1].Value,
            System.Globalization.CultureInfo.InvariantCulture
        );
        Assert.True(last >= 2, $"It shows the state of request {last} of {asked}: {page[..Math.Min(2000, page.Length)]}");
        Assert.Contains($"said {last}", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(500, "the server answers with 500")]
    [InlineData(503, "The store <is> away")]
    public async Task A_page_that_cannot_be_renewed_says_so_stays_and_goes_on_asking(int status, string expected)
    {
        RunFolder run = Made();
        Progress(run, 7);
        int asked = 0;
        await using WebApplication server = await ServeAsync(application =>
            application.Use(
                async (context, next) =>
                {
                    if (context.Request.Path != "/" || Interlocked.Increment(ref asked) == 1)
                    {
                        await next(context);
                        return;
                    }
                    context.Response.StatusCode = status;
                    if (status == StatusCodes.Status503ServiceUnavailable)
                    {
                        context.Response.ContentType = "text/html";
                        await context.Response.WriteAsync("<main><p>The store &lt;is&gt; away.</p></main>", context.RequestAborted);
                    }
                }
            )
        );
        string page = await Browser.ShowAsync(server.Urls.First(), folder["profile"], 1200, milliseconds: 10_000);
        Match news = Regex.Match(page, "id=\"news\"[^>]*>([^<]*)<");
        Assert.StartsWith("This page cannot be renewed since ", news.Groups[1].Value, StringComparison.Ordinal);
        Assert.Contains($"({expected})", WebUtility.HtmlDecode(news.Groups[1].Value), StringComparison.Ordinal);
        Assert.Contains("said 7", page, StringComparison.Ordinal);
        Assert.True(asked > 2, $"It asked {asked} times.");
    }

    [Theory]
    [InlineData(400)]
    [InlineData(1200)]
    public async Task A_page_is_no_wider_than_its_window(int width)
    {
        RunFolder run = Made();
        Progress(run, 5);
        // A browser's own window is never as narrow as a phone, so the page is in a frame of that width.
        await using WebApplication server = await ServeAsync(application =>
            application.Use(
                async (context, next) =>
                {
                    string? answer = context.Request.Path.Value switch
                    {
                        "/frame" => FormattableString.Invariant($"<title></title><iframe src=/probe width={width} height=900></iframe>"),
                        "/probe.js" => "parent.document.title = `${innerWidth} ${document.documentElement.scrollWidth}`;",
                        "/probe" => await PageAsync($"http://{context.Request.Host}/") + "<script src=/probe.js></script>",
                        _ => null,
                    };
                    if (answer is null)
                    {
                        await next(context);
                        return;
                    }
                    context.Response.ContentType = context.Request.Path == "/probe.js" ? "text/javascript" : "text/html";
                    await context.Response.WriteAsync(answer, context.RequestAborted);
                }
            )
        );
        string shown = await Browser.ShowAsync($"{server.Urls.First()}/frame", folder["profile"], 1300, milliseconds: 2500);
        Match widths = Regex.Match(shown, "<title>([0-9]+) ([0-9]+)</title>");
        Assert.True(widths.Success, shown[..Math.Min(2000, shown.Length)]);
        Assert.True(
            int.Parse(widths.Groups[2].Value, System.Globalization.CultureInfo.InvariantCulture) <= width,
            $"It takes {widths.Groups[2].Value} columns of {widths.Groups[1].Value}."
        );
    }

    [Theory]
    [InlineData("report"), InlineData("compare")]
    public async Task A_page_with_wide_tables_and_long_names_is_no_wider_than_a_phone(string command)
    {
        string name = new string('n', 70),
            run = Wide(name, 3),
            other = Wide("other-" + name, 4);
        string[] line = command == "report" ? ["report", "--run", run] : ["compare", run, other];
        var (code, output, error) = await Shell.RunAsync([.. line, "--out", folder["page.html"]]);
        Assert.True(code == 0, output + error);
        string page = await File.ReadAllTextAsync(folder["page.html"], TestContext.Current.CancellationToken);
        Assert.Contains(name, page, StringComparison.Ordinal);
        await using WebApplication server = await PageHost.StartAsync(
            new(IPAddress.Loopback, 0),
            application =>
                application.Run(async context =>
                {
                    context.Response.ContentType = "text/html; charset=utf-8";
                    await context.Response.WriteAsync(
                        context.Request.Path == "/frame"
                            ? "<title></title><iframe id=f src=/probe width=400 height=900 onload=\"let d = f.contentDocument, "
                                + "all = [...d.querySelectorAll('body *')], out = all.filter(e => !e.parentElement.closest('.wide, svg') "
                                + "&& e.getBoundingClientRect().right > 401).map(e => e.tagName + '.' + e.className); document.title = "
                                + "`${f.contentWindow.innerWidth} ${d.documentElement.scrollWidth} ${all.filter(e => e.className == 'wide' "
                                + "&& e.scrollWidth > e.clientWidth).length} ${out}`\"></iframe>"
                            : page,
                        context.RequestAborted
                    );
                }),
            TestContext.Current.CancellationToken
        );
        string shown = await Browser.ShowAsync($"{server.Urls.First()}/frame", folder["profile"], 1300, milliseconds: 2500);
        Match widths = Regex.Match(shown, "<title>([0-9]+) ([0-9]+) ([0-9]+) (.*)</title>");
        Assert.True(widths.Success, shown[..Math.Min(2000, shown.Length)]);
        int[] found =
        [
            .. widths
                .Groups.Values.Skip(1)
                .Take(3)
                .Select(each => int.Parse(each.Value, System.Globalization.CultureInfo.InvariantCulture)),
        ];
        Assert.Equal(400, found[0]);
        Assert.True(found[1] <= 400, $"The page takes {found[1]} columns of 400: {widths.Groups[4].Value}.");
        // There is something that scrolls by itself.
        Assert.True(found[2] > 0, "No table is wider than the page.");
    }

    /// <summary>A run whose every name is long and has no place to break.</summary>
    private string Wide(string name, int draw)
    {
        var run = RunFolder.Open(
            new MadeRuns(folder).Write(name, draw, supernet: 0.5, right: 70, teacher: true, device: identity =>
                identity with
                {
                    DeviceName = new string('D', 80),
                }
            )
        );
        string evaluation = run.Evaluation(Latency.Networks.Role.Student, "val"),
            text = File.ReadAllText(evaluation);
        Assert.Contains("\"road\"", text, StringComparison.Ordinal);
        File.WriteAllText(evaluation, text.Replace("\"road\"", $"\"{new string('c', 90)}\"", StringComparison.Ordinal));
        using ScalarLog log = ScalarLog.Open(run, "search", default, 50);
        log.Add("search", default, new string('s', 90), 1);
        return run.Path;
    }

    private static async Task<string> PageAsync(string address)
    {
        using var http = new HttpClient();
        return await http.GetStringAsync(new Uri(address), TestContext.Current.CancellationToken);
    }

    private RunFolder Made()
    {
        var run = RunFolder.Open(new MadeRuns(folder).Write("a-run-with-a-rather-long-name-as-people-give-them", right: 70, teacher: true));
        using ScalarLog log = ScalarLog.Open(run, "search", default, 50);
        for (int step = 0; step < 400; step++)
            log.Add("search", new BatchPosition(step / 50, step % 50), "loss", 3 + Math.Sin(step) - (step / 200.0));
        return run;
    }

    private Task<WebApplication> ServeAsync(Action<WebApplication> more) =>
        PageHost.StartAsync(
            new(IPAddress.Loopback, 0),
            application =>
            {
                more(application);
                new WatchServer(folder["a-run-with-a-rather-long-name-as-people-give-them"], "", TimeProvider.System).Map(application);
            },
            TestContext.Current.CancellationToken
        );

    private static void Progress(RunFolder run, int done) =>
        RunJson.Save(
            run.Progress,
            new RunProgress(
                "search",
                done,
                1000,
                60,
                "loss 1",
                WorkState.Running,
                null,
                DateTimeOffset.UtcNow,
                DateTimeOffset.UtcNow,
                [$"said {done}"]
            )
        );
}
