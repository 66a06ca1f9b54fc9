using System.Diagnostics;
using System.Text.Json;
using FasterSeg.Latency;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Client.Commands;
using FasterSeg.Search.Client.Pages;
using FasterSeg.Search.Client.Reporting;
using FasterSeg.Search.Client.Reporting.Html;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.OneShot;
using FasterSeg.Search.Runs;
using Xunit;

namespace FasterSeg.Search.Client.Tests.Commands;

/// <summary>A search by shared weights from the command line, and what else its weights are good for.</summary>
[Collection(nameof(TorchGenerator))]
public sealed class SupernetCommandTests : IDisposable
{
    private const string Whole = "oneShot:snapshotShare=1";

    private readonly TemporaryFolder folder = new();
    private readonly FasterSegOptions options = TinySearch.WithSharedWeights();

    public SupernetCommandTests()
    {
        ConfigurationLoader.Save(options, folder["c.json"]);
        LatencyTable table = TinySpace.Table(options.Space.ToSpace());
        LatencyTableJson.Save(table, folder["t.json"]);
        // Another device, twice as fast.
        LatencyTableJson.Save(
            new(table.Identity, table.Space, table.Entries.Select(entry => entry with { MedianMs = entry.MedianMs / 2 }), table.Created),
            folder["other.json"]
        );
    }

    private string Run => folder["run"];

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_search_by_shared_weights_serves_another_device_another_band_and_a_front()
    {
        await SearchAsync("oneshot");
        int scored = Lines();
        Assert.EndsWith(
            $"The run is in {folder["other"]}; train its networks, the teacher first:\n"
                + $"  fasterseg train --run {folder["other"]} --role teacher --data synthetic\n",
            await DoneAsync("derive", "--run", Run, "--data", "synthetic", "--lut", folder["other.json"], "--out", folder["other"]),
            StringComparison.Ordinal
        );
        Assert.Equal("derived", RunOverview.Of(folder["other"], DateTimeOffset.UtcNow).Reached);
        DerivedArchitecture student = Network(folder["other"], "student");
        LatencyTable other = LatencyTableJson.Load(Path.Combine(folder["other"], "table.json"));
        double middle = NetworkEstimate.Of(other, NetworkPlan.Of(student, options.Space.ToSpace())).TotalMs;
        Assert.Equal(Network(Run, "teacher"), Network(folder["other"], "teacher"));

        string band = FormattableString.Invariant($"{0.9 * middle:R}-{1.1 * middle:R} ms");
        await DoneAsync(
            "derive",
            "--run",
            Run,
            "--data",
            "synthetic",
            "--lut",
            folder["other.json"],
            "--target",
            band,
            "--out",
            folder["band"]
        );
        Assert.InRange(
            NetworkEstimate.Of(other, NetworkPlan.Of(Network(folder["band"], "student"), options.Space.ToSpace())).TotalMs,
            0.9 * middle,
            1.1 * middle
        );

        var (code, _, error) = await Shell.RunAsync(
            width: 500,
            ["derive", "--run", Run, "--data", "synthetic", "--target", "5000-6000 ms", "--out", folder["far"]]
        );
        Assert.Equal(ExitCodes.WrongUsage, code);
        Assert.Contains("Set --target to a band in that range.", error, StringComparison.Ordinal);

        string output = await DoneAsync("derive", "--run", Run, "--data", "synthetic", "--front", "3", "--out", folder["front"]);
        Assert.Contains("front.png", output, StringComparison.Ordinal);
        JsonElement[] front =
        [
            .. JsonDocument.Parse(File.ReadAllText(Path.Combine(folder["front"], "front.json"))).RootElement.EnumerateArray(),
        ];
        Assert.InRange(front.Length, 1, 3);
        Assert.Equal(front.Length < 3, output.Contains("That is fewer than the 3 of --front", StringComparison.Ordinal));
        double[] latencies = [.. front.Select(point => point.GetProperty("estimateMs").GetDouble())],
            losses = [.. front.Select(point => point.GetProperty("supernetLoss").GetDouble())];
        Assert.Equal(latencies.Order(), latencies);
        // A slower one that is no better is on no front.
        Assert.Equal(losses.OrderDescending(), losses);
        Assert.All(front, point =>
            DerivedArchitectureJson.Load(Path.Combine(folder["front"], point.GetProperty("network").GetString()!)).Validated()
        );
        Assert.True(new FileInfo(Path.Combine(folder["front"], "front.png")).Length > 1000);
        // Whoever sees front.json sees a whole front.
        Assert.All(Directory.GetFiles(folder["front"]), file =>
            Assert.True(File.GetLastWriteTimeUtc(file) <= File.GetLastWriteTimeUtc(Path.Combine(folder["front"], "front.json")), file)
        );
        var kept = KeptFront.Load(RunFolder.Open(folder["front"]))!;
        Assert.Equal(latencies, kept.Points.Select(point => point.EstimateMs));
        // All of the front were scored, and none of all is better and no slower; the search's own student is among them.
        Assert.All(kept.Points, point => Assert.Contains(new ScoredPoint(point.EstimateMs, point.SupernetLoss), kept.Scored));
        Assert.All(kept.Points, point =>
            Assert.DoesNotContain(kept.Scored, one => one.EstimateMs <= point.EstimateMs && one.SupernetLoss < point.SupernetLoss)
        );
        double own = NetworkEstimate
            .Of(RunFile.Table(RunFolder.Open(Run)), NetworkPlan.Of(Network(Run, "student"), options.Space.ToSpace()))
            .TotalMs;
        Assert.Contains(kept.Scored, one => Math.Abs(one.EstimateMs - own) < 1e-9);
        string page = PageOf(folder["front"]);
        Assert.Contains("From fast to slow", page, StringComparison.Ordinal);
        Assert.DoesNotContain("No network is derived yet", page, StringComparison.Ordinal);
        Assert.DoesNotContain("target of the student", page, StringComparison.Ordinal);
        Assert.Contains(
            $"<b>{Figures.Milliseconds(latencies[0])}{(front.Length > 1 ? "-" + Figures.Milliseconds(latencies[^1]) : "")} ms</b>",
            page,
            StringComparison.Ordinal
        );
        Assert.Contains("target of the student", PageOf(Run), StringComparison.Ordinal);
        Assert.DoesNotContain("From fast to slow", PageOf(Run), StringComparison.Ordinal);
        // A run's page shows the front that lies in it, and one that is damaged takes nothing else away.
        Directory.Move(folder["front"], RunFolder.Open(Run).FrontFolder);
        Assert.Contains("front-1.json", PageOf(Run), StringComparison.Ordinal);
        File.WriteAllText(
            RunFolder.Open(RunFolder.Open(Run).FrontFolder).Front,
            """[{"network":"../x","pair":"","estimateMs":1,"supernetLoss":1,"supernetMeanIou":0}]"""
        );
        string damaged = PageOf(Run);
        Assert.Contains("does not hold a front", damaged, StringComparison.Ordinal);
        Assert.Contains("</html>", damaged, StringComparison.Ordinal);
        // What was scored once is not scored again.
        Assert.True(Lines() > scored);
        scored = Lines();
        await DoneAsync("derive", "--run", Run, "--data", "synthetic", "--front", "3", "--out", folder["again"]);
        Assert.Equal(scored, Lines());
    }

    [Fact]
    public async Task What_is_derived_has_the_teachers_training_and_a_front_is_no_run_of_a_network()
    {
        await SearchAsync("oneshot");
        await DoneAsync("train", "--run", Run, "--role", "teacher", "--data", "synthetic");
        Assert.EndsWith(
            $"The run is in {folder["band"]}; train its student:\n"
                + $"  fasterseg train --run {folder["band"]} --role student --data synthetic\n",
            await DoneAsync("derive", "--run", Run, "--data", "synthetic", "--target", "0.001-1000 ms", "--out", folder["band"]),
            StringComparison.Ordinal
        );
        foreach (string file in new[] { "teacher.json", "teacher.checkpoint", "teacher-config.json" })
            Assert.Equal(File.ReadAllBytes(Path.Combine(Run, file)), File.ReadAllBytes(Path.Combine(folder["band"], file)));

        string output = await DoneAsync("derive", "--run", Run, "--data", "synthetic", "--front", "2", "--out", folder["front"]);
        string next = output.Split('\n').Single(line => line.StartsWith("  fasterseg derive ", StringComparison.Ordinal));
        Assert.Contains($"--run {Run} --data synthetic --target \"", next, StringComparison.Ordinal);
        // As it is printed, but for the folder.
        string band = next.Split('"')[1];
        await DoneAsync("derive", "--run", Run, "--data", "synthetic", "--target", band, "--out", folder["point"]);
        string[] before = Directory.GetFiles(folder["front"]);
        await RefusedAsync("is a front of", "train", "--run", folder["front"], "--role", "student", "--data", "synthetic");
        string parameters = Path.Combine(Run, "parameters.json");
        await RefusedAsync("is a front of", "derive", "--parameters", parameters, "--role", "teacher", "--out", folder["front"]);
        Assert.Equal(before, Directory.GetFiles(folder["front"]));

        await DoneAsync("random", "--like", Run, "--out", folder["random"], "--tolerance", "0.5");
        await RefusedAsync("drawn by 'fasterseg random'", "derive", "--run", folder["random"], "--data", "synthetic", "--out", folder["x"]);

        static async Task RefusedAsync(string sentence, params string[] arguments)
        {
            var (code, _, error) = await Shell.RunAsync(width: 500, arguments);
            Assert.Equal(ExitCodes.WrongUsage, code);
            Assert.Contains(sentence, error, StringComparison.Ordinal);
        }
    }

    private static string PageOf(string run) => RunPage.Write(RunContents.Read(RunFolder.Open(run)), DateTimeOffset.UnixEpoch);

    [Fact]
    public async Task What_is_not_as_the_search_has_it_is_told_and_what_is_damaged_before_anything_is_written()
    {
        string[] derive = ["derive", "--run", Run, "--data", "synthetic", "--out", folder["new"]];
        await SearchAsync("oneshot", "--set", "halving:finalists=2", "--set", "halving:steps=1");
        Assert.Contains("its search chose among 2 trained finalists", await DoneAsync(derive), StringComparison.Ordinal);
        Directory.Delete(folder["new"], recursive: true);

        string teacher = File.ReadAllText(Path.Combine(Run, "teacher.json"));
        File.WriteAllText(Path.Combine(Run, "teacher.json"), "{");
        var (code, _, error) = await Shell.RunAsync(derive);
        Assert.Equal(ExitCodes.WrongUsage, code);
        Assert.Contains("teacher.json", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["new"]));

        File.WriteAllText(Path.Combine(Run, "teacher.json"), teacher);
        string checkpoint = Path.Combine(Run, "search.checkpoint");
        File.WriteAllBytes(checkpoint, File.ReadAllBytes(checkpoint)[..200]);
        (code, _, error) = await Shell.RunAsync(width: 500, derive);
        Assert.Equal(ExitCodes.WrongUsage, code);
        Assert.Contains("restore the file, or search anew into another folder", error, StringComparison.Ordinal);
        Assert.DoesNotContain("--resume", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_decided_is_told_and_in_the_report_where_networks_have_steps_of_their_own()
    {
        OneShotOptions phase = options.OneShot;
        (phase.AdaptationSteps, phase.AdaptedNetworks, phase.AdaptedDescendants, phase.AdaptationRungs) = (1, 3, 4, 2);
        options.Halving.Finalists = 2;
        options.Halving.Steps = 2;
        ConfigurationLoader.Save(options, folder["c.json"]);
        string output = await SearchAsync("oneshot");
        Assert.Matches(
            "The student (is number [1-6] of 6 by score|descends from networks that had steps of their own), the finalist that was",
            output
        );
        string page = Path.Combine(Run, "report.html");
        await DoneAsync("report", "--run", Run, "--out", page);
        string text = await File.ReadAllTextAsync(page, TestContext.Current.CancellationToken);
        Assert.Contains("7 networks 1 step, 2 networks 4 steps", text, StringComparison.Ordinal);
        string derived = await DoneAsync("derive", "--run", Run, "--data", "synthetic", "--out", folder["other"]);
        Assert.Contains("The student is the best after steps of its own: its search chose among 2", derived, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_supernets_are_told_of_serve_another_device_and_are_in_the_report()
    {
        string output = await SearchAsync("oneshot", "--set", "oneShot:supernets=2", "--set", "oneShot:snapshots=2", "--set", Whole);
        Assert.Contains("2 supernets of 3 steps each are trained one after the other.", output, StringComparison.Ordinal);
        Assert.Contains("Supernets agree in the order of 6 networks with Kendall's tau", output, StringComparison.Ordinal);
        int scored = Lines();
        string derived = await DoneAsync(
            "derive",
            "--run",
            Run,
            "--data",
            "synthetic",
            "--lut",
            folder["other.json"],
            "--out",
            folder["other"]
        );
        Assert.Contains("Snapshots of a supernet agree", derived, StringComparison.Ordinal);
        Assert.True(Lines() >= scored);
        Assert.All(File.ReadLines(Path.Combine(Run, "scores.jsonl")).Where(line => line.Length > 0), line =>
            Assert.Equal(4, JsonDocument.Parse(line).RootElement.GetProperty("Parts").GetArrayLength())
        );
        foreach (string run in new[] { Run, folder["other"] })
        {
            string page = Path.Combine(run, "report.html");
            await DoneAsync("report", "--run", run, "--out", page);
            string text = await File.ReadAllTextAsync(page, TestContext.Current.CancellationToken);
            Assert.Contains("Agreement of the shared weights", text, StringComparison.Ordinal);
            Assert.Contains("supernets 1 and 2", text, StringComparison.Ordinal);
            Assert.Contains("supernet 2: snapshots 1 and 2", text, StringComparison.Ordinal);
            Assert.Contains("2 supernets, mean of the scores of 2 snapshots", text, StringComparison.Ordinal);
        }
        Assert.Contains(
            "Training of the shared weights, supernet 2",
            await File.ReadAllTextAsync(Path.Combine(Run, "report.html"), TestContext.Current.CancellationToken),
            StringComparison.Ordinal
        );
        // Weights that are gone are named.
        string snapshot = Path.Combine(Run, "search-2-snapshot-1.checkpoint");
        File.Delete(snapshot);
        var (code, _, error) = await Shell.RunAsync("derive", "--run", Run, "--data", "synthetic", "--out", folder["third"]);
        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains($"{snapshot} is missing", error, StringComparison.Ordinal);
        File.Delete(Path.Combine(Run, "search-2.checkpoint"));
        (code, _, error) = await Shell.RunAsync("derive", "--run", Run, "--data", "synthetic", "--out", folder["third"]);
        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains("has done 0 of 1 epoch of supernet 2: go on with it first:", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_search_that_is_killed_leaves_no_process_and_goes_on()
    {
        string[] sets = ["--set", "halving:finalists=3", "--set", "halving:steps=30", "--set", "threads=1"];
        await SearchAsync("random", sets);
        string whole = await File.ReadAllTextAsync(Path.Combine(Run, "halving-60.jsonl"), TestContext.Current.CancellationToken);
        string killed = folder["killed"];
        string[] command = DotNetHost.Command(Path.Combine(AppContext.BaseDirectory, "fasterseg.dll")),
            search = TinyCommand.Search(
                folder,
                killed,
                ["--set", "searching:method=random", .. sets, "--set", "halving:devices=cpu,cpu", "--set", "training:checkpointSteps=1"]
            );
        var start = new ProcessStartInfo(command[0], [.. command[1..], .. search]) { RedirectStandardOutput = true };
        using (Process process = Process.Start(start)!)
        {
            process.BeginOutputReadLine();
            string first = Path.Combine(killed, "halving-30-1"),
                second = Path.Combine(killed, "halving-30-2");
            await UntilAsync(() => IsTraining(first) && IsTraining(second));
            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            // Their search is gone: they save and end by themselves.
            await UntilAsync(() => IsFree(first) && IsFree(second));
            Assert.False(File.Exists(Path.Combine(killed, "student.json")));
        }
        await DoneAsync("search", "--resume", "--data", "synthetic", "--out", killed);
        Assert.Equal(whole, await File.ReadAllTextAsync(Path.Combine(killed, "halving-60.jsonl"), TestContext.Current.CancellationToken));
        Assert.Equal(Network(Run, "student"), Network(killed, "student"));
        Assert.Empty(Directory.EnumerateDirectories(killed, "halving*"));

        static bool IsTraining(string folder) => File.Exists(Path.Combine(folder, "student.checkpoint")) && !IsFree(folder);

        static bool IsFree(string folder)
        {
            try
            {
                using var file = new FileStream(Path.Combine(folder, "run.lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
                return true;
            }
            catch (IOException)
            {
                return false;
            }
        }

        static async Task UntilAsync(Func<bool> isSo)
        {
            var waited = Stopwatch.StartNew();
            while (!isSo())
            {
                Assert.True(waited.Elapsed < TimeSpan.FromMinutes(5), "It does not come.");
                await Task.Delay(20, TestContext.Current.CancellationToken);
            }
        }
    }

    [Fact]
    public async Task A_device_that_is_not_there_is_told_before_the_search()
    {
        var (code, _, error) = await Shell.RunAsync(TinyCommand.Search(folder, Run, "--set", "halving:devices=cuda:99"));
        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains("error: halving:devices cuda:99: ", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Run));
    }

    [Fact]
    public async Task A_random_search_trains_its_finalists_and_leaves_one_in_the_band()
    {
        await SearchAsync("random", "--set", "halving:finalists=3", "--set", "halving:steps=2");
        Network(Run, "student").Validated();
        Assert.Equal(3, File.ReadLines(Path.Combine(Run, "halving-2.jsonl")).Count(line => line.Length > 0));
        Assert.Equal(2, File.ReadLines(Path.Combine(Run, "halving-4.jsonl")).Count(line => line.Length > 0));
        Assert.Empty(Directory.EnumerateDirectories(Run, "halving*"));
    }

    [Theory]
    [InlineData("--data is missing", "--run", "RUN")]
    [InlineData("--front is 1", "--run", "RUN", "--data", "synthetic", "--front", "1")]
    [InlineData("leave --target out", "--run", "RUN", "--data", "synthetic", "--front", "3", "--target", "1-2 ms")]
    [InlineData("leave one out", "--run", "RUN", "--parameters", "p.json")]
    [InlineData("Nothing to derive from")]
    [InlineData("no shared weights", "--run", "RUN", "--data", "synthetic")]
    [InlineData("--set goes with --parameters and not with --run: leave it out", "--run", "RUN", "--data", "synthetic", "--set", "seed=1")]
    [InlineData(
        "--role, --pair, --config and --set go with --parameters and not with --run: leave them out",
        "--run",
        "RUN",
        "--set",
        "nonsense:key=1",
        "--config",
        "/none.json",
        "--role",
        "teacher",
        "--pair",
        "32+16"
    )]
    [InlineData(
        "--data, --target, --front and --device go with --run and not with --parameters: leave them out",
        "--parameters",
        "p.json",
        "--data",
        "nonsense",
        "--target",
        "bogus",
        "--front",
        "3",
        "--device",
        "cuda:7"
    )]
    public async Task What_cannot_be_derived_is_told(string expected, params string[] arguments)
    {
        Directory.CreateDirectory(Run);
        File.Copy(folder["c.json"], Path.Combine(Run, "config.json"));
        var (code, _, error) = await Shell.RunAsync(
            width: 500,
            ["derive", .. arguments.Select(argument => argument == "RUN" ? Run : argument), "--out", folder["new"]]
        );
        Assert.NotEqual(ExitCodes.Done, code);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["new"]));
    }

    private Task<string> SearchAsync(string method, params string[] sets) =>
        DoneAsync(TinyCommand.Search(folder, Run, ["--set", "searching:method=" + method, .. sets]));

    private static async Task<string> DoneAsync(params string[] arguments)
    {
        var (code, output, error) = await Shell.RunAsync(arguments);
        Assert.True(code == ExitCodes.Done, output + error);
        return output;
    }

    private int Lines() => File.ReadLines(Path.Combine(Run, "scores.jsonl")).Count(line => line.Length > 0);

    private static DerivedArchitecture Network(string run, string role) => DerivedArchitectureJson.Load(Path.Combine(run, role + ".json"));
}
