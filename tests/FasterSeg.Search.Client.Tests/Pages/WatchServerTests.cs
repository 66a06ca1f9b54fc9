using System.Net;
using System.Net.Sockets;
using System.Xml;
using System.Xml.Linq;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Client.Hosting;
using FasterSeg.Search.Client.Pages;
using FasterSeg.Search.Client.Tests.Commands;
using FasterSeg.Search.Data;
using FasterSeg.Search.Runs;
using Microsoft.AspNetCore.Builder;
using Xunit;

namespace FasterSeg.Search.Client.Tests.Pages;

/// <summary>The pages of <c>fasterseg watch</c>, asked for over HTTP.</summary>
public sealed class WatchServerTests : IAsyncLifetime
{
    private const string Nasty = "a <b> & \"run\" #1",
        SearchResult = """[{"role":"student","branches":"32+16","supernetMeanIou":0.5,"estimateMs":1,"chosen":true}]""";

    private readonly TemporaryFolder folder = new();
    private readonly HttpClient http = new();
    private MadeRuns made = null!;
    private WebApplication server = null!;

    public async ValueTask InitializeAsync()
    {
        made = new MadeRuns(folder);
        made.Write(Path.Combine("runs", Nasty), right: 60, teacher: true);
        made.Write(Path.Combine("runs", "plain"));
        server = await ServeAsync(run: null);
        http.BaseAddress = new(server.Urls.First());
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        http.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task The_list_has_every_run_and_leads_to_its_page()
    {
        XElement list = await PageAsync("/");
        XElement[] links = [.. list.Descendants("a")];
        Assert.Equal([Nasty, "plain"], links.Select(link => link.Value).Order(StringComparer.Ordinal));
        foreach (XElement link in links)
        {
            XElement page = await PageAsync(link.Attribute("href")!.Value);
            Assert.Equal(link.Value, page.Descendants("h1").Single().Value);
        }
    }

    [Fact]
    public async Task A_runs_page_has_its_progress_figures_networks_and_evaluation()
    {
        Progress(Nasty, WorkState.Running, done: 3, total: 12, "epoch 1: <b>fine</b>");
        XElement page = await PageAsync(WatchServer.PathOf(Nasty));
        XElement bar = page.Descendants("progress").Single();
        Assert.Equal(("3", "12"), (bar.Attribute("value")!.Value, bar.Attribute("max")!.Value));
        Assert.Contains("running - train student: 3/12", page.Value, StringComparison.Ordinal);
        Assert.Contains(page.Descendants("li"), line => line.Value == "epoch 1: <b>fine</b>");
        Assert.Equal(
            ["Networks", "Evaluation", "What is taken for what", "Configuration"],
            page.Descendants("h2").Select(heading => heading.Value)
        );
        // Pictures are the run's own, each at an address of its own.
        string[] pictures = [.. page.Descendants("img").Select(picture => picture.Attribute("src")!.Value)];
        Assert.Equal(5, pictures.Length);
        foreach (string picture in pictures)
        {
            using HttpResponseMessage answer = await http.GetAsync(new Uri(picture, UriKind.Relative), Stop);
            Assert.Equal("image/png", answer.Content.Headers.ContentType!.MediaType);
            Assert.Equal(0x89, (await answer.Content.ReadAsByteArrayAsync(Stop))[0]);
        }
    }

    [Theory]
    [InlineData(WorkState.Done, "done")]
    [InlineData(WorkState.Interrupted, "interrupted")]
    [InlineData(WorkState.Failed, "failed")]
    public async Task How_the_work_ended_is_told(WorkState state, string word)
    {
        Progress("plain", state, 4, 12, "line");
        Assert.Equal(word, (await PageAsync("/run/plain")).Descendants("b").First().Value);
        Assert.Contains((await PageAsync("/")).Descendants("td"), cell => cell.Value == word);
    }

    [Fact]
    public async Task A_run_that_says_nothing_for_long_is_not_called_running()
    {
        Progress("plain", WorkState.Running, 4, 12, "line", DateTimeOffset.UtcNow.AddHours(-1));
        XElement page = await PageAsync("/run/plain");
        Assert.Equal("silent", page.Descendants("b").First().Value);
        Assert.Contains("60 min ago", page.Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_networks_that_would_be_derived_now_are_shown_from_what_the_search_logged()
    {
        var run = RunFolder.Open(made.Write(Path.Combine("runs", "searching")));
        File.Delete(run.Architecture(Latency.Networks.Role.Student));
        using (ScalarLog log = ScalarLog.Open(run, "search", default, 2))
        {
            foreach (int epoch in new[] { 0, 1 })
            {
                log.AddImage(new BatchPosition(epoch, 1), "path/student_32_8", new RgbImage(20, 30 + epoch));
                log.AddImage(new BatchPosition(epoch, 1), "operators/student_32_8", new RgbImage(20, 30));
                log.Add("search", new BatchPosition(epoch, 1), "loss", 2);
            }
            log.Flush();
            XElement page = await PageAsync("/run/searching");
            XElement picture = Assert.Single(page.Descendants("img"));
            Assert.Equal("the student that would be derived now, branches 32+8, search, after step 4", picture.Attribute("alt")!.Value);
            byte[] png = await http.GetByteArrayAsync(new Uri(picture.Attribute("src")!.Value, UriKind.Relative), Stop);
            File.WriteAllBytes(folder["last.png"], png);
            Assert.Equal(31, ImageFile.Read(folder["last.png"]).Width);
            Assert.Contains(page.Descendants("figcaption"), caption => caption.Value.Contains("Loss, summed", StringComparison.Ordinal));
        }
    }

    /// <summary>A training's end logs several in one step.</summary>
    [Fact]
    public async Task The_answers_of_one_step_have_captions_of_their_own()
    {
        var run = RunFolder.Open(made.Write(Path.Combine("runs", "training")));
        using ScalarLog log = ScalarLog.Open(run, "train-student", default, 2);
        foreach (int image in new[] { 0, 1 })
            log.AddImage(new BatchPosition(1, 0), FormattableString.Invariant($"examples/{image}"), new RgbImage(20, 30));
        log.Flush();
        Assert.Equal(
            [1, 2],
            (await PageAsync("/run/training"))
                .Descendants("figcaption")
                .Select(caption => caption.Value)
                .Where(caption => caption.Contains("the answer on validation image", StringComparison.Ordinal))
                .Select(caption => caption.Split("image ")[1][0] - '0')
        );
    }

    [Fact]
    public async Task A_run_that_vanished_has_a_sentence()
    {
        Assert.Equal(HttpStatusCode.OK, (await AnswerAsync("/run/plain")).Status);
        Directory.Move(folder[Path.Combine("runs", "plain")], folder["elsewhere"]);
        var (status, text) = await AnswerAsync("/run/plain");
        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Contains("There is no run 'plain' here any more", text, StringComparison.Ordinal);
        Assert.Equal([Nasty], (await PageAsync("/")).Descendants("a").Select(link => link.Value));
    }

    [Fact]
    public async Task A_broken_file_is_a_sentence_on_the_page_and_in_the_list()
    {
        File.WriteAllText(folder[Path.Combine("runs", "plain", "student.json")], "{");
        File.WriteAllText(folder[Path.Combine("runs", "plain", "progress.json")], "no");
        XElement page = await PageAsync("/run/plain");
        Assert.Equal(2, page.Descendants("p").Count(p => p.Attribute("class")?.Value == "warning"));
        Assert.Contains("Configuration", page.Descendants("h2").Select(heading => heading.Value));
        Assert.Contains("progress.json does not say", (await PageAsync("/")).Value, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(DamagedFiles.Each), MemberType = typeof(DamagedFiles))]
    [InlineData("progress.json", """{"task":"search","done":1,"total":2,"state":"running","secondsLeft":-1e308}""", "progress.json")]
    [InlineData("progress.json", "null", "it is null")]
    public async Task A_file_that_breaks_one_run_leaves_the_list_and_the_other_pages(string file, string content, string expected)
    {
        File.WriteAllText(folder[Path.Combine("runs", "plain", file)], content);
        XElement list = await PageAsync("/"),
            page = await PageAsync("/run/plain");
        Assert.Contains(Nasty, list.Value, StringComparison.Ordinal);
        // How a student was drawn is told by neither.
        if (file != "random.json")
            Assert.All(new[] { list, page }, each => Assert.Contains(expected, each.Value, StringComparison.Ordinal));
        Assert.Contains("Configuration", page.Descendants("h2").Select(heading => heading.Value));
        await PageAsync(WatchServer.PathOf(Nasty));
    }

    [Fact]
    public async Task A_verdict_by_a_table_of_a_loaded_device_says_so()
    {
        string path = folder[Path.Combine("runs", "plain", "table.json")];
        LatencyTable table = LatencyTableJson.Load(path);
        var told = new Dictionary<string, string> { [LatencyTable.LoadedFact] = "somebody copies memory" };
        LatencyTableJson.Save(new LatencyTable(table.Identity, table.Space, table.Entries, table.Created, told), path);
        Assert.Contains("loaded device (somebody copies memory)", (await PageAsync("/run/plain")).Value, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/run/plain/config.json")]
    [InlineData("/run/..%2fplain")]
    [InlineData("/run/%2e%2e/runs")]
    [InlineData("/run/plain/picture/../config.json")]
    [InlineData("/run/plain/picture/config.json")]
    [InlineData("/runs/plain")]
    [InlineData("/run/<script>alert(1)</script>")]
    [InlineData("//etc/passwd")]
    public async Task No_path_leads_to_a_file(string path)
    {
        var (status, text) = await AnswerAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.DoesNotContain("camvid", text, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>alert", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_browser_has_already_is_not_sent_again()
    {
        using HttpResponseMessage first = await http.GetAsync(new Uri("/run/plain", UriKind.Relative), Stop);
        using var again = new HttpRequestMessage(HttpMethod.Get, "/run/plain") { Headers = { IfNoneMatch = { first.Headers.ETag! } } };
        using HttpResponseMessage second = await http.SendAsync(again, Stop);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
    }

    [Fact]
    public async Task A_page_runs_no_script_but_its_own_and_answers_by_no_other_name()
    {
        using HttpResponseMessage answer = await http.GetAsync(new Uri("/", UriKind.Relative), Stop);
        string policy = string.Join(' ', answer.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("script-src 'self'", policy, StringComparison.Ordinal);
        Assert.Contains("fetch(", await http.GetStringAsync(new Uri("/page.js", UriKind.Relative), Stop), StringComparison.Ordinal);
        using var foreign = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { Host = "evil.example" } };
        using HttpResponseMessage refused = await http.SendAsync(foreign, Stop);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    [Fact]
    public async Task One_run_alone_is_at_the_root_and_where_it_vanished_a_sentence()
    {
        await using WebApplication alone = await ServeAsync(folder[Path.Combine("runs", "plain")]);
        string text = await http.GetStringAsync(new Uri(alone.Urls.First()), Stop);
        Assert.Contains("<h1>plain</h1>", text, StringComparison.Ordinal);
        Assert.DoesNotContain("All runs", text, StringComparison.Ordinal);

        Directory.Move(folder[Path.Combine("runs", "plain")], folder["elsewhere"]);
        using HttpResponseMessage gone = await http.GetAsync(new Uri(alone.Urls.First()), Stop);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        Assert.Contains("There is no run 'plain' here any more", await gone.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/run/plain")]
    [InlineData("/page.js")]
    [InlineData("/nothing")]
    public async Task To_be_asked_for_the_head_alone_is_answered_like_for_the_whole(string path)
    {
        using HttpResponseMessage whole = await http.GetAsync(new Uri(path, UriKind.Relative), Stop);
        using var request = new HttpRequestMessage(HttpMethod.Head, path);
        using HttpResponseMessage head = await http.SendAsync(request, Stop);
        Assert.Equal(
            (whole.StatusCode, whole.Content.Headers.ContentType, whole.Headers.ETag),
            (head.StatusCode, head.Content.Headers.ContentType, head.Headers.ETag)
        );
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(Stop));
    }

    [Fact]
    public async Task A_visitor_is_served_beside_many_connections_that_say_nothing()
    {
        Uri address = new(server.Urls.First());
        var idle = new List<TcpClient>();
        try
        {
            for (int i = 0; i < 150; i++)
            {
                idle.Add(new TcpClient());
                await idle[^1].ConnectAsync(address.Host, address.Port, Stop);
            }
            using var visitor = new HttpClient { BaseAddress = address };
            Assert.Contains("plain", await visitor.GetStringAsync(new Uri("/", UriKind.Relative), Stop), StringComparison.Ordinal);
            // The server closes them by itself.
            Assert.Equal(0, await idle[0].GetStream().ReadAsync(new byte[1], Stop));
        }
        finally
        {
            idle.ForEach(each => each.Dispose());
        }
    }

    [Fact]
    public async Task An_evaluation_beside_a_training_is_told_beside_it()
    {
        var run = RunFolder.Open(folder[Path.Combine("runs", "plain")]);
        DateTimeOffset now = DateTimeOffset.UtcNow;
        RunProgress training = new("train_student", 3, 12, 60, "", WorkState.Running, null, now, now, []),
            evaluation = training with { Task = "evaluate", Done = 1, Total = 4 };
        RunJson.Save(run.Progress, training);
        RunJson.Save(run.EvaluationProgress, evaluation);
        string both = (await PageAsync("/run/plain")).Value;
        Assert.Contains("running - train student: 3/12", both, StringComparison.Ordinal);
        Assert.Contains("running - evaluate: 1/4", both, StringComparison.Ordinal);
        // Once it is done, it is of no account beside what goes on after it, and the newest where nothing does.
        RunJson.Save(run.EvaluationProgress, evaluation with { State = WorkState.Done, News = now.AddSeconds(-9) });
        Assert.DoesNotContain("evaluate", (await PageAsync("/run/plain")).Value, StringComparison.Ordinal);
        RunJson.Save(run.Progress, training with { State = WorkState.Done, News = now.AddSeconds(-20) });
        Assert.Equal("done - evaluate: 1/4, 25 %", (await PageAsync("/run/plain")).Descendants("b").First().Parent!.Value);
    }

    [Theory]
    [InlineData("search.json", "[]", "cannot be read")]
    [InlineData("search.json", SearchResult, "derived")]
    [InlineData("search.json", SearchResult, "searched", "search.checkpoint")]
    [InlineData("search.json", SearchResult, "searched", "scalars.csv")]
    [InlineData("random.json", """{"seed":1}""", "drawn at random")]
    [InlineData("student.checkpoint", "", "in training, or trained")]
    [InlineData("classes.json", "[]", "derived")]
    public async Task Where_no_command_tells_a_runs_files_say_how_far_it_is(
        string file,
        string content,
        string state,
        string? beside = null
    )
    {
        if (beside is not null)
            File.WriteAllText(folder[Path.Combine("runs", "plain", beside)], "");
        File.WriteAllText(folder[Path.Combine("runs", "plain", file)], content);
        XElement row = (await PageAsync("/")).Descendants("tr").Single(each => each.Descendants("a").Any(link => link.Value == "plain"));
        Assert.Equal(state, row.Elements("td").ElementAt(1).Value);
    }

    [Theory]
    [InlineData(32, "leave out rows that are far too long", 1)]
    [InlineData(300, "leave out its first 44 MiB", 0)]
    public async Task A_run_whose_scalars_are_one_line_without_an_end_has_a_page_that_says_so(int mebibytes, string expected, int curves)
    {
        string path = folder[Path.Combine("runs", "plain", "scalars.csv")];
        using (var file = new FileStream(path, FileMode.Create))
        {
            file.Write("phase,epoch,step,name,value\nsearch,0,0,loss,3\n"u8);
            file.SetLength((long)mebibytes << 20);
        }
        XElement page = await PageAsync("/run/plain");
        Assert.Contains(expected, page.Value, StringComparison.Ordinal);
        Assert.Equal(curves, page.Descendants("figcaption").Count(caption => caption.Value.Contains("Loss", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Very_many_runs_are_not_all_kept_and_each_comes_back()
    {
        XElement first = await PageAsync("/run/plain");
        string picture = first.Descendants("img").First().Attribute("src")!.Value;
        for (int i = 0; i < 15; i++)
        {
            made.Write(Path.Combine("runs", $"r{i}"));
            await PageAsync($"/run/r{i}");
        }
        Assert.Equal(HttpStatusCode.NotFound, (await AnswerAsync(picture)).Status);
        await PageAsync("/run/plain");
        Assert.Equal(HttpStatusCode.OK, (await AnswerAsync(picture)).Status);
    }

    /// <summary>Whoever may do all reads every folder, so its refusal is made.</summary>
    [Fact]
    public async Task A_folder_of_runs_that_cannot_be_read_is_a_sentence()
    {
        var denied = new WatchServer(null, folder["runs"], TimeProvider.System, _ =>
            throw new UnauthorizedAccessException("It is denied.")
        );
        await using WebApplication server = await PageHost.StartAsync(new(IPAddress.Loopback, 0), denied.Map, Stop);
        using var browser = new HttpClient { BaseAddress = new(server.Urls.First()) };
        Assert.Contains("cannot be read", await browser.GetStringAsync("/", Stop), StringComparison.Ordinal);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private Task<WebApplication> ServeAsync(string? run) =>
        PageHost.StartAsync(new(IPAddress.Loopback, 0), new WatchServer(run, folder["runs"], TimeProvider.System).Map, Stop);

    private void Progress(string run, WorkState state, double done, double total, string said, DateTimeOffset? news = null) =>
        RunJson.Save(
            RunFolder.Open(folder[Path.Combine("runs", run)]).Progress,
            new RunProgress(
                "train_student",
                done,
                total,
                60,
                "loss 1",
                state,
                state == WorkState.Failed ? "The disk <is> full." : null,
                DateTimeOffset.UtcNow,
                news ?? DateTimeOffset.UtcNow,
                [said]
            )
        );

    private async Task<(HttpStatusCode Status, string Text)> AnswerAsync(string path)
    {
        using HttpResponseMessage answer = await http.GetAsync(
            new Uri(path.StartsWith("//", StringComparison.Ordinal) ? http.BaseAddress + path[1..] : path, UriKind.RelativeOrAbsolute),
            Stop
        );
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Stop));
    }

    private async Task<XElement> PageAsync(string path)
    {
        var (status, text) = await AnswerAsync(path);
        Assert.True(status == HttpStatusCode.OK, $"{path}: {status} {text}");
        using var reader = XmlReader.Create(new StringReader(text), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        return XElement.Load(reader);
    }
}
