using System.Xml;
using System.Xml.Linq;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Client.Commands;
using FasterSeg.Search.Client.Reporting;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.Evaluation;
using FasterSeg.Search.Networks;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Training;
using TorchSharp;
using Xunit;

namespace FasterSeg.Search.Client.Tests.Commands;

/// <summary><c>fasterseg report</c> on runs that are whole, half done, and broken.</summary>
public sealed class ReportCommandTests : IDisposable
{
    private static readonly SearchSpace Space = TinySearch.Options().Space.ToSpace();

    private readonly TemporaryFolder folder = new();
    private readonly RunFolder run;

    public ReportCommandTests()
    {
        run = RunFolder.Create(folder["a <b> run"]);
        ConfigurationLoader.Save(TinySearch.Options(), run.Configuration);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_whole_run_is_on_one_page_that_needs_nothing_else()
    {
        Searched();
        Trained(Role.Student);
        SegmentationDataset data = TinySearch.Data(TinySearch.Options());
        var confusion = new ConfusionMatrix(10);
        confusion.Add([0, 1, 1, 2], [0, 1, 2, 2]);
        EvaluationReport.Save(
            run.Evaluation(Role.Student, "val"),
            data with
            {
                Name = "<Data & co>",
            },
            confusion,
            EvaluationMode.Plain,
            null
        );
        NetworkPlan plan = Plan(Role.Student);
        MeasuredNetwork.Of(plan, NetworkEstimate.Of(TinySpace.Table(Space), plan), TinySpace.Table(Space), Measurement(1.25)).Save(run);

        var (page, text) = await PageAsync("--data", "synthetic");
        Assert.Equal(
            [
                "Networks",
                "Table against measurement",
                "Evaluation",
                "What is taken for what",
                "Example predictions",
                "Curves",
                "Configuration",
            ],
            page.Descendants("h2").Select(h => h.Value)
        );
        Assert.Equal("a <b> run", page.Descendants("h1").Single().Value);
        Assert.Contains(page.Descendants("p"), p => p.Value == NetworkCost.Of(plan) + ".");
        // Path and operators of both networks, what is taken for what, and one image with its label and the student's answer: a quarter of
        // six scenes validates.
        XElement[] pictures = [.. page.Descendants("img")];
        Assert.Equal(8, pictures.Length);
        foreach (XElement picture in pictures)
        {
            Assert.NotEmpty(picture.Attribute("alt")!.Value);
            string source = picture.Attribute("src")!.Value;
            Assert.StartsWith("data:image/png;base64,", source, StringComparison.Ordinal);
            File.WriteAllBytes(folder["one.png"], Convert.FromBase64String(source[22..]));
            // Panels are as wide as the images, which are tiny here.
            Assert.True(ImageFile.Read(folder["one.png"]).Width >= 64);
        }
        Assert.Equal(
            ["Loss, summed over passes and heads", "Derived student, ms", "mystery"],
            page.Descendants("figcaption").Select(caption => caption.Element("b")?.Value).OfType<string>()
        );
        Assert.Single(page.Descendants("path"), path => path.Attribute("class")!.Value == "band");
        Assert.Equal(
            ["image", "label", "student"],
            page.Descendants("figure").Where(figure => figure.Attribute("class") is null).Select(f => f.Value)
        );
        Assert.Contains(
            "The student is out of its band as measured: 1.250 ms, 2.750 ms faster than the target 4-6 ms",
            page.Value,
            StringComparison.Ordinal
        );
        Assert.Contains("Images: <Data & co>.", page.Value, StringComparison.Ordinal);
        Assert.Contains("1.250", page.Value, StringComparison.Ordinal);
        Assert.Contains(page.Descendants("td"), cell => cell.Value == "50.0");
        Assert.All(NetworkEstimate.Of(TinySpace.Table(Space), plan).Shares, share =>
            Assert.Contains(
                share.Milliseconds!.Value.ToString("F3", System.Globalization.CultureInfo.InvariantCulture),
                page.Value,
                StringComparison.Ordinal
            )
        );
        // Nothing that a browser would fetch or run.
        foreach (string outside in new[] { "http:", "https:", "url(", "@import", "<script", "<link", "src=\"/", "href=" })
            Assert.DoesNotContain(outside, text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task The_list_of_branch_pairs_says_where_the_band_decided()
    {
        Searched();
        const string Other = "32+16",
            Chosen = "32+8";
        void Write(double chosenMs, double otherMs) =>
            File.WriteAllText(
                run.SearchResult,
                FormattableString.Invariant(
                    $$"""
                    [{"role":"student","branches":"{{Chosen}}","supernetMeanIou":0.3,"estimateMs":{{chosenMs}},"chosen":true},
                    {"role":"student","branches":"{{Other}}","supernetMeanIou":0.6,"estimateMs":{{otherMs}},"chosen":false},
                    {"role":"teacher","branches":"32+8","supernetMeanIou":0.3,"estimateMs":5,"chosen":true}]
                    """
                )
            );
        async Task<string[][]> RowsAsync() =>
            [
                .. (await PageAsync())
                    .Page.Descendants("table")
                    .First(table => table.Value.Contains("branches", StringComparison.Ordinal))
                    .Descendants("tr")
                    .Select(row => row.Elements().Select(cell => cell.Value).ToArray()),
            ];
        Write(5.5, 6.0004);
        string[][] rows = await RowsAsync();
        Assert.Equal(["role", "branches", "", "target band", "supernet's mean IoU", "estimate, ms"], rows[0]);
        Assert.Equal(["student", Chosen, "chosen, the only one in the band", "in", "30.0 %", "5.5000"], rows[1]);
        Assert.Equal(["student", Other, "", "too slow", "60.0 %", "6.0004"], rows[2]);
        Assert.Equal("chosen", rows[3][2]);
        Assert.Contains(
            "A student gets the pair in its target band, 4-6 ms (167-250 fps), where one is in it and the other is not.",
            (await PageAsync()).Page.Value,
            StringComparison.Ordinal
        );
        // Both in the band: the accuracy decided, or what else.
        Write(5.5, 5.6);
        Assert.Equal("chosen", (await RowsAsync())[1][2]);
    }

    [Fact]
    public async Task Figures_have_the_digits_that_show_on_which_side_of_the_band_they_lie()
    {
        Searched();
        NetworkPlan plan = Plan(Role.Student);
        LatencyTable table = TinySpace.Table(Space);
        MeasuredNetwork.Of(plan, NetworkEstimate.Of(table, plan), table, Measurement(6.0002)).Save(run);
        var (page, _) = await PageAsync();
        Assert.Contains(
            "The student is out of its band as measured: 6.0002 ms, 0.0002 ms slower than the target 4-6 ms",
            page.Value,
            StringComparison.Ordinal
        );
        Assert.Contains(page.Descendants("b"), tile => tile.Value == "6.0002 ms");
    }

    [Fact]
    public async Task Columns_that_nothing_stands_in_are_left_out()
    {
        Searched();
        NetworkPlan plan = Plan(Role.Student);
        LatencyTable table = TinySpace.Table(Space);
        var measured = MeasuredNetwork.Of(plan, NetworkEstimate.Of(table, plan), table, Measurement(5));
        measured.Save(run);
        string[] always = ["network", "estimate, ms", "measured, ms", "95 % confidence", "error", "frames/s"];
        string[] headings = await HeadingsAsync();
        Assert.Equal(always, headings);
        Assert.DoesNotContain("The drift is", (await PageAsync()).Page.Value, StringComparison.Ordinal);
        (measured with { Drift = 1.1 }).Save(run);
        headings = await HeadingsAsync();
        Assert.Equal([.. always[..5], "drift", "error without it", always[5]], headings);

        async Task<string[]> HeadingsAsync() =>
            [
                .. (await PageAsync())
                    .Page.Descendants("tr")
                    .First(row => row.Value.Contains("95 % confidence", StringComparison.Ordinal))
                    .Elements()
                    .Select(cell => cell.Value),
            ];
    }

    [Fact]
    public async Task Byte_order_marks_before_a_runs_files_are_read_over()
    {
        Searched();
        var confusion = new ConfusionMatrix(10);
        confusion.Add([0, 1], [0, 1]);
        EvaluationReport.Save(
            run.Evaluation(Role.Student, "val"),
            TinySearch.Data(TinySearch.Options()),
            confusion,
            EvaluationMode.Plain,
            null
        );
        NetworkPlan plan = Plan(Role.Student);
        MeasuredNetwork.Of(plan, NetworkEstimate.Of(TinySpace.Table(Space), plan), TinySpace.Table(Space), Measurement(1.25)).Save(run);
        foreach (string file in Directory.GetFiles(run.Path, "*.json"))
            ByteOrderMark.PutBefore(file);

        var (page, text) = await PageAsync();

        Assert.Equal(
            ["Networks", "Table against measurement", "Evaluation", "What is taken for what", "Curves", "Configuration"],
            page.Descendants("h2").Select(h => h.Value)
        );
        Assert.DoesNotContain("\ufeff", text[1..], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_has_only_begun_gives_a_page_that_says_what_is_missing()
    {
        var (page, _) = await PageAsync();
        Assert.Equal(["Configuration"], page.Descendants("h2").Select(h => h.Value));
        Assert.Contains("No network is derived yet", page.Value, StringComparison.Ordinal);
        Assert.Empty(page.Descendants("img"));
    }

    [Fact]
    public async Task A_run_without_a_table_shows_its_networks_and_no_estimate()
    {
        DerivedArchitectureJson.Save(Architecture(Role.Student), run.Architecture(Role.Student));
        var (page, _) = await PageAsync();
        Assert.Single(page.Descendants("img"));
        Assert.Contains("no latency table", page.Value, StringComparison.Ordinal);
        var (code, _, error) = await Shell.RunAsync("report", "--run", run.Path, "--out", folder["r.html"], "--measure");
        Assert.Equal((ExitCodes.Failed, true), (code, error.Contains("has no latency table yet", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_network_that_was_measured_on_something_else_is_said_to_be_not_comparable()
    {
        Searched();
        LatencyTable table = TinySpace.Table(Space);
        ModelMeasurement elsewhere = Measurement(2) with { Identity = table.Identity with { DeviceName = "another" } };
        foreach (Role role in new[] { Role.Teacher, Role.Student })
            MeasuredNetwork
                .Of(Plan(role), NetworkEstimate.Of(table, Plan(role)), table, role == Role.Student ? elsewhere : Measurement(4))
                .Save(run);
        MeasuredNetwork.Of(Plan(Role.Teacher), NetworkEstimate.Of(table, Plan(Role.Teacher)), table, Measurement(5)).Save(run);
        Assert.Equal([(Role.Teacher, 5), (Role.Student, 2)], MeasuredNetwork.Load(run).Select(one => (one.Role, one.MedianMs)));
        var (page, _) = await PageAsync();
        Assert.Contains(
            "Not comparable with the table: the device name is 'made up' in one and 'another' in the other",
            Assert.Single(page.Descendants("p"), p => p.Value.Contains("another", StringComparison.Ordinal)).Value,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_device_that_has_drifted_since_its_table_is_told_beside_the_error()
    {
        Searched();
        LatencyTable table = TinySpace.Table(Space);
        // Networks take 4 % longer than their parts, and all of it 20 % longer than at the time of the table.
        await using FakeProfiler fake = await FakeProfiler.StartAsync();
        fake.OnMeasureOperators = (request, stream) => TableAnswers.OperatorsAsync(request, stream, table, 1.2);
        fake.OnMeasureModel = stream => TableAnswers.ModelAsync(stream, table, 1.2 * 1.04);
        var (code, output, error) = await Shell.RunAsync(
            width: 400,
            ["report", "--run", run.Path, "--out", folder["r.html"], "--profiler", fake.Url]
        );
        Assert.Equal((ExitCodes.Done, ""), (code, error));
        foreach (string role in new[] { "teacher", "student" })
            Assert.Matches($"{role}: estimate .* error -19.9 %.*\n12 .* operators take 1.200 times .* drift .* error is -3.8 %.\n", output);
        Assert.All(MeasuredNetwork.Load(run), one =>
        {
            Assert.Equal(1.2, one.Drift!.Value, 9);
            Assert.Equal((1 / 1.04) - 1, one.ErrorWithoutDrift!.Value, 9);
        });
        string[] cells = [.. (await PageAsync()).Page.Descendants("td").Select(cell => cell.Value)];
        Assert.Equal(2, cells.Count(cell => cell == "1.200"));
        Assert.Equal(2, cells.Count(cell => cell == "-3.8 %"));
    }

    [Fact]
    public async Task Where_the_devices_drift_was_not_looked_at_none_is_told()
    {
        Searched();
        LatencyTable table = TinySpace.Table(Space),
            other = new(table.Identity with { DeviceUuid = "other" }, Space, table.Entries, table.Created);
        await using FakeProfiler fake = await FakeProfiler.StartAsync();
        fake.OnMeasureOperators = (_, _) => throw new InvalidOperationException("A table of another device was looked at.");
        fake.OnMeasureModel = stream => TableAnswers.ModelAsync(stream, other, 1);
        var (code, output, error) = await Shell.RunAsync(
            width: 400,
            ["report", "--run", run.Path, "--out", folder["r.html"], "--profiler", fake.Url]
        );
        Assert.Equal((ExitCodes.Done, ""), (code, error));
        Assert.DoesNotContain("taken out", output, StringComparison.Ordinal);
        Assert.Contains("The two are not comparable: the device UUID", output, StringComparison.Ordinal);
        Assert.All(MeasuredNetwork.Load(run), one => Assert.Null(one.ErrorWithoutDrift));
        // A file of before there was a drift.
        File.WriteAllText(
            run.Measured,
            File.ReadAllText(run.Measured).Replace("\"drift\": null", "\"none\": null", StringComparison.Ordinal)
        );
        Assert.Equal([null, null], MeasuredNetwork.Load(run).Select(one => one.Drift));
    }

    [Theory]
    [InlineData("measured.json", "[{}]"), InlineData("measured.json", "no"), InlineData("measured.json", "[]")]
    [InlineData("search.json", "{"), InlineData("search.json", "[{\"role\":1}]"), InlineData("search.json", "[]")]
    [InlineData("eval-student-val.json", "{}"), InlineData("student.json", "{}"), InlineData("table.json", "{}")]
    [InlineData("student-config.json", "{")]
    public Task A_damaged_file_is_told_in_the_place_of_its_section(string name, string content) => ToldInPlaceAsync(name, content);

    [Theory]
    [MemberData(nameof(DamagedFiles.Each), MemberType = typeof(DamagedFiles))]
    public async Task Figures_that_cannot_be_are_told_in_the_place_of_their_section(string name, string content, string expected)
    {
        // How a student was drawn is no part of the page.
        if (name != "random.json")
            Assert.Contains(expected, await ToldInPlaceAsync(name, content), StringComparison.Ordinal);
    }

    private async Task<string> ToldInPlaceAsync(string name, string content)
    {
        Searched();
        File.WriteAllText(run.In(name), content);
        var (code, output, error) = await Shell.RunAsync("report", "--run", run.Path, "--out", folder["r.html"]);
        Assert.Equal(ExitCodes.WrongUsage, code);
        Assert.Contains("The page is", output, StringComparison.Ordinal);
        Assert.Contains("The page leaves out what cannot be read: ", error, StringComparison.Ordinal);
        Assert.Contains(run.In(name), error, StringComparison.Ordinal);
        XElement page = Read(await File.ReadAllTextAsync(folder["r.html"], TestContext.Current.CancellationToken));
        XElement warning = Assert.Single(page.Descendants("p"), p => p.Value.Contains(run.In(name), StringComparison.Ordinal));
        string heading = name switch
        {
            "measured.json" => "Table against measurement",
            "eval-student-val.json" => "Evaluation",
            "student-config.json" => "Configuration",
            _ => "Networks",
        };
        Assert.Equal((heading, "warning"), (warning.Parent!.Element("h2")?.Value, warning.Attribute("class")?.Value));
        // All else is there.
        string[] headings = [.. page.Descendants("h2").Select(h => h.Value)];
        Assert.Contains("Curves", headings);
        Assert.Contains("Configuration", headings);
        return warning.Value;
    }

    [Fact]
    public async Task Without_its_configuration_there_is_no_page()
    {
        File.WriteAllText(run.Configuration, "{");
        var (code, _, error) = await Shell.RunAsync("report", "--run", run.Path, "--out", folder["r.html"]);
        Assert.Equal((ExitCodes.WrongUsage, true), (code, error.Contains("config.json", StringComparison.Ordinal)));
        Assert.False(File.Exists(folder["r.html"]));
    }

    [Fact]
    public async Task Nothing_is_measured_for_a_run_that_cannot_keep_it()
    {
        Searched();
        File.WriteAllText(run.Measured, "[null]");
        var (code, _, error) = await Shell.RunAsync("report", "--run", run.Path, "--out", folder["r.html"], "--measure");
        Assert.Equal((ExitCodes.WrongUsage, true), (code, error.Contains("measured.json", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_folder_without_a_run_is_refused()
    {
        var (code, _, error) = await Shell.RunAsync("report", "--run", folder["nowhere"], "--out", folder["r.html"]);
        Assert.Equal((ExitCodes.WrongUsage, true), (code, error.Contains("holds no run", StringComparison.Ordinal)));
    }

    private static DerivedArchitecture Architecture(Role role) => RandomArchitectures.Draw(Space, role, 1);

    private static NetworkPlan Plan(Role role) => NetworkPlan.Of(Architecture(role), Space.Height, Space.Width);

    private static ModelMeasurement Measurement(double milliseconds) =>
        new(
            milliseconds,
            new LatencySpread(
                milliseconds,
                0.1,
                milliseconds - 0.01,
                milliseconds + 0.01,
                milliseconds,
                milliseconds,
                milliseconds,
                milliseconds,
                40
            ),
            false,
            new Placement([]),
            1,
            TinySpace.Table(Space).Identity
        );

    private void Searched()
    {
        LatencyTableJson.Save(TinySpace.Table(Space), run.Table);
        foreach (Role role in new[] { Role.Teacher, Role.Student })
            DerivedArchitectureJson.Save(Architecture(role), run.Architecture(role));
        using ScalarLog log = ScalarLog.Open(run, "search", default, 2);
        foreach (int epoch in new[] { 0, 1 })
        {
            foreach (
                var (name, value) in new[]
                {
                    ("loss", 3.0 - epoch),
                    ("student_estimate_32_8_ms", 5),
                    ("target_low_ms", 4),
                    ("target_high_ms", 6),
                    ("mystery", 1),
                }
            )
                log.Add("search", new BatchPosition(epoch, 1), name, value);
        }
    }

    private void Trained(Role role)
    {
        using var network = new DerivedNetwork(Architecture(role), auxiliary: true);
        using var optimizer = torch.optim.SGD(network.parameters(), 0.1);
        new TrainingCheckpoint(run.TrainingCheckpoint(role)).Save(network, optimizer, new BatchPosition(2, 0));
    }

    private async Task<(XElement Page, string Text)> PageAsync(params string[] more)
    {
        var (code, _, error) = await Shell.RunAsync(["report", "--run", run.Path, "--out", folder["out/r.html"], "--overwrite", .. more]);
        Assert.Equal((ExitCodes.Done, ""), (code, error));
        string text = await File.ReadAllTextAsync(folder["out/r.html"], TestContext.Current.CancellationToken);
        return (Read(text), text);
    }

    private static XElement Read(string text)
    {
        using var reader = XmlReader.Create(new StringReader(text), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        return XElement.Load(reader);
    }
}
