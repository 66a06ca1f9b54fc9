using System.Text.Json;
using System.Text.RegularExpressions;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Client.Commands;
using FasterSeg.Search.Client.Pages;
using FasterSeg.Search.Configuration;
using FasterSeg.Search.Data;
using FasterSeg.Search.Evaluation;
using FasterSeg.Search.Runs;
using Xunit;

namespace FasterSeg.Search.Client.Tests.Commands;

/// <summary><c>fasterseg compare</c> on small run folders made by hand.</summary>
public sealed class CompareCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly MadeRuns runs;

    // Four networks by latency, no two alike.
    private readonly int[] byLatency = [.. Enumerable.Range(1, 40).DistinctBy(MadeRuns.EstimateMs).Take(4).OrderBy(MadeRuns.EstimateMs)];

    public CompareCommandTests() => runs = new MadeRuns(folder);

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task The_front_is_marked_and_the_most_accurate_in_band_is_recommended()
    {
        double slowest = MadeRuns.EstimateMs(byLatency[3]);
        string target = FormattableString.Invariant(
            $"{0.5 * MadeRuns.EstimateMs(byLatency[0])}-{(slowest + MadeRuns.EstimateMs(byLatency[2])) / 2} ms"
        );
        string[] four =
        [
            .. new[] { 60, 80, 70, 90 }.Select(
                (right, i) =>
                    runs.Write($"r{i}", byLatency[i], right: right, supernet: 0.1, change: options => options.Searching.Target = target)
            ),
        ];
        var (code, output, error) = await Shell.RunAsync(["compare", .. four]);
        Assert.Equal((ExitCodes.Done, ""), (code, error));
        // mIoU 60/140, 80/120, 70/130, 90/110: the third is slower and less accurate than the second, the fourth beyond the band.
        Assert.Matches(@"(?m)^r0 +student .* yes .* 10\.0 +42\.9 +\* *$", output);
        Assert.Matches(@"(?m)^r1 +student .* yes .* 66\.7 +\* *$", output);
        Assert.Matches(@"(?m)^r2 +student .* yes .* 53\.8 *$", output);
        Assert.Matches(@"(?m)^r3 +student .* slow .* 81\.8 +\* *$", output);
        Assert.Matches(@"(?m)^r3 +student +64x64 +0\.0\d\d +0\.\d{3} +0\.\d{3} *$", output);
        Assert.Contains("Pareto front of estimated latency and trained mIoU", output, StringComparison.Ordinal);
        Assert.StartsWith(
            "Keep r1: its trained mIoU is the highest of the 3 students in band (66.7 %",
            output.TrimEnd().Split('\n')[^1],
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Runs_of_several_seeds_are_summed_up_and_what_else_differs_is_named()
    {
        string[] all =
        [
            runs.Write("s1", byLatency[0], seed: 1, supernet: 0.1, right: 60, teacher: true),
            runs.Write("s2", byLatency[1], seed: 2, right: 80),
            runs.Write("joint", byLatency[2], seed: 1, supernet: 0.1, right: 70, teacher: true, change: options =>
                options.Searching.LatencyTerms = LatencyTerms.Joint
            ),
        ];
        File.WriteAllText(Path.Combine(all[1], "parameters.json"), "{}");
        var (_, output, _) = await Shell.RunAsync(["compare", .. all, "--out", folder["c.json"]]);
        Assert.Matches(@"(?m)^s1, s2 +student +2 +\S+ ±\S+ +54\.76 ±16\.84 *$", output);
        Assert.Matches(@"searching:latencyTerms +decoupled \(s1, s2\), joint \(joint\)", output);
        // The teachers' runs differ in the same, which is told once.
        Assert.Equal(2, output.Split("searching:latencyTerms").Length);
        using JsonDocument file = JsonDocument.Parse(File.ReadAllBytes(folder["c.json"]));
        JsonElement seeds = Assert.Single(file.RootElement.GetProperty("seeds").EnumerateArray());
        Assert.Equal(
            (MadeRuns.EstimateMs(byLatency[0]) + MadeRuns.EstimateMs(byLatency[1])) / 2,
            seeds.GetProperty("estimateMs").GetProperty("mean").GetDouble(),
            9
        );
        Assert.Equal(((6 / 14.0) + (8 / 12.0)) / 2, seeds.GetProperty("trainedMeanIou").GetProperty("mean").GetDouble(), 9);
        Assert.Equal(JsonValueKind.Null, seeds.GetProperty("supernetMeanIou").ValueKind);
    }

    [Fact]
    public async Task Runs_of_two_devices_have_a_front_and_a_recommendation_each()
    {
        string[] two =
        [
            runs.Write("here", byLatency[1], right: 60),
            runs.Write("there", byLatency[0], right: 80, device: identity => identity with { DeviceName = "another" }),
        ];
        var (code, output, _) = await Shell.RunAsync(["compare", .. two]);
        Assert.Equal(ExitCodes.Done, code);
        Assert.Matches(@"(?m)^here .* A\* *$", output);
        Assert.Matches(@"(?m)^there .* B\* *$", output);
        Assert.Contains(
            "here and there have latencies that cannot be compared: the device name is 'made up' in one and 'another' in the other.",
            output,
            StringComparison.Ordinal
        );
        Assert.Contains("Of students A keep here: ", output, StringComparison.Ordinal);
        Assert.Contains("Of students B keep there: ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_front_is_called_one_is_no_search_to_go_on_with_and_is_listed_as_what_it_is()
    {
        string done = runs.Write("all/done", right: 60),
            front = runs.Write("all/front");
        File.Move(Path.Combine(front, "student.json"), Path.Combine(front, "front-1.json"));
        File.Copy(Path.Combine(front, "front-1.json"), Path.Combine(front, "front-2.json"));
        File.WriteAllText(Path.Combine(front, "front.json"), "[]");
        string[] before = Directory.GetFileSystemEntries(front);

        var (code, output, _) = await Shell.RunAsync(width: 1000, ["compare", done, front]);
        Assert.Equal(ExitCodes.Done, code);
        Assert.Contains("front is left out: it is a front of 2 networks, which are not trained", output, StringComparison.Ordinal);
        Assert.DoesNotContain("--resume", output, StringComparison.Ordinal);
        var alone = await Shell.RunAsync("compare", front);
        Assert.Equal(ExitCodes.Failed, alone.Code);
        Assert.DoesNotContain("come to its end", alone.Error, StringComparison.Ordinal);

        var resumed = await Shell.RunAsync("search", "--resume", "--data", "synthetic", "--out", front);
        Assert.Equal(ExitCodes.WrongUsage, resumed.Code);
        Assert.Contains("is a front of 2 networks that 'fasterseg derive --front' made", resumed.Error, StringComparison.Ordinal);
        Assert.Equal(before.Order(), Directory.GetFileSystemEntries(front).Order());
        Assert.Equal("a front of 2 networks", RunOverview.Of(front, DateTimeOffset.UtcNow).Reached);
        Assert.Contains("This is a front of 2 networks", new LiveRun(front, TimeProvider.System).Page(false), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unfinished_search_is_named_and_left_out_and_strangers_are_refused_by_name()
    {
        string done = runs.Write("done", right: 60),
            unfinished = runs.Write("unfinished"),
            stranger = folder["stranger"];
        File.Delete(Path.Combine(unfinished, "student.json"));
        Directory.CreateDirectory(stranger);
        var (code, output, _) = await Shell.RunAsync("compare", done, unfinished);
        Assert.Equal(ExitCodes.Done, code);
        Assert.Contains("unfinished is left out: its search has not come to its end", output, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Failed, (await Shell.RunAsync("compare", unfinished)).Code);
        Assert.Contains("fasterseg search --resume", output, StringComparison.Ordinal);

        // Whose run it is goes on with it.
        Directory.CreateDirectory(folder["sweep/runs"]);
        folder.Write("sweep/sweep.json", "{}");
        Directory.Move(unfinished, folder["sweep/runs/unfinished"]);
        (_, output, _) = await Shell.RunAsync("compare", done, folder["sweep/runs/unfinished"]);
        Assert.Contains($"fasterseg sweep run {folder["sweep"]}", output, StringComparison.Ordinal);

        var refused = await Shell.RunAsync("compare", done, stranger, folder["nowhere"]);
        Assert.Equal((ExitCodes.WrongUsage, ""), (refused.Code, refused.Output));
        Assert.Contains($"{stranger}, {folder["nowhere"]} hold no run", refused.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.WrongUsage, (await Shell.RunAsync("compare", done, done + "/")).Code);
        Assert.Equal(ExitCodes.WrongUsage, (await Shell.RunAsync("compare")).Code);
    }

    [Fact]
    public async Task A_teacher_has_a_row_of_its_own_and_a_random_runs_copy_of_it_has_none()
    {
        string searched = runs.Write("searched", byLatency[0], supernet: 0.2, right: 60, teacher: true),
            random = folder["random"];
        Assert.Equal(
            ExitCodes.Done,
            (await Shell.RunAsync("random", "--like", searched, "--out", random, "--seed", "77", "--tolerance", "0.5")).Code
        );
        var (_, output, _) = await Shell.RunAsync("compare", searched, random);
        Assert.Matches(@"(?m)^searched +teacher +1 +\S+ +\S+", output);
        Assert.Matches(@"(?m)^random +student +r77 ", output);
        Assert.DoesNotMatch(@"(?m)^random +teacher", output);
        Assert.Contains("Without a trained mIoU, so not judged: random.", Regex.Replace(output, @"\s+", " "), StringComparison.Ordinal);
    }

    [Theory]
    [
        InlineData("eval-student-val.json", "make it again with 'fasterseg eval'"),
        InlineData("search.json", "restore it"),
        InlineData("measured.json", "measure again"),
        InlineData("random.json", "'fasterseg random'")
    ]
    public async Task A_damaged_file_is_named(string file, string expected)
    {
        string run = runs.Write("run", right: 60);
        File.WriteAllText(Path.Combine(run, file), """{"meanIou":""");
        var (code, _, error) = await Shell.RunAsync("compare", run);
        Assert.Equal(ExitCodes.WrongUsage, code);
        Assert.Contains(Path.Combine(run, file), error, StringComparison.Ordinal);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(DamagedFiles.Each), MemberType = typeof(DamagedFiles))]
    public async Task Figures_that_cannot_be_are_a_sentence(string file, string content, string expected)
    {
        string run = runs.Write("run", right: 60);
        File.WriteAllText(Path.Combine(run, file), content);
        var (code, _, error) = await Shell.RunAsync("compare", run);
        Assert.Equal(ExitCodes.WrongUsage, code);
        Assert.Contains(Path.Combine(run, file), error, StringComparison.Ordinal);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.DoesNotContain("Unexpected", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Measured_latencies_stand_beside_the_estimates_and_decide_where_all_have_them()
    {
        string one = runs.Write("one", byLatency[0], right: 60),
            two = runs.Write("two", byLatency[1], right: 80),
            three = runs.Write("three", byLatency[2], right: 70);
        var identity = new TableIdentity("made up", "none", null, null, "cpu", "1", null, null, "fp32", 1, 1, "test");
        foreach (var (role, ms) in new[] { (Role.Teacher, 1.0), (Role.Student, 77.5) })
            new MeasuredNetwork(role, "made up", ms, ms, ms, ms, false, DateTimeOffset.UnixEpoch, identity, null).Save(RunFolder.Open(one));
        // That of an evaluation counts too.
        string evaluation = Path.Combine(two, "eval-student-val.json");
        File.WriteAllText(
            evaluation,
            File.ReadAllText(evaluation)
                .Replace(
                    "\"latency\": null",
                    """ "latency": {"device":"made up","provider":"cpu","medianMs":66.25,"framesPerSecond":15.1} """,
                    StringComparison.Ordinal
                )
        );

        var (_, output, _) = await Shell.RunAsync("compare", one, two);
        Assert.Matches(@"(?m)^one +student .* 77\.50 +42\.9 *$", output);
        Assert.Matches(@"(?m)^two +student .* 66\.25 +66\.7 +\* *$", output);
        Assert.Contains("Pareto front of measured latency", output, StringComparison.Ordinal);
        (_, output, _) = await Shell.RunAsync("compare", one, two, three);
        Assert.Contains("Pareto front of estimated latency", output, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^one +student .* 77\.50 +42\.9 +\* *$", output);
    }

    /// <summary>Neither a training's own settings nor a way to look at the images is hidden in a mIoU.</summary>
    [Fact]
    public async Task What_a_training_or_an_evaluation_did_differently_is_told()
    {
        string one = runs.Write("one", byLatency[0], right: 60),
            two = runs.Write("two", byLatency[1], right: 80);
        FasterSegOptions alone = ConfigurationLoader.Load(RunFolder.Open(two).Configuration);
        alone.Training.DistillationWeight = 0;
        ConfigurationLoader.Save(alone, RunFolder.Open(two).TrainingConfiguration(Role.Student));
        var (_, output, _) = await Shell.RunAsync("compare", one, two);
        Assert.Contains("training:distillationWeight", output, StringComparison.Ordinal);
        Assert.Contains("Pareto front of estimated latency and trained mIoU", output, StringComparison.Ordinal);

        string evaluation = Path.Combine(two, "eval-student-val.json");
        File.WriteAllText(
            evaluation,
            File.ReadAllText(evaluation)
                .Replace(
                    "\"whole images at 64x64\"",
                    $"\"{EvaluationMode.Parse("0.75, 1", mirror: true, "32x64").At(null, alone)}\"",
                    StringComparison.Ordinal
                )
        );
        (_, output, _) = await Shell.RunAsync("compare", one, two);
        Assert.Contains(
            "in the mode 'whole images at 64x64' and in 'windows of 32x64 of images at 64x64, scales 0.75 1, mirrored too'",
            Regex.Replace(output, @"\s+", " "),
            StringComparison.Ordinal
        );
    }

    /// <summary>Latencies are of the deployed size, and a front of two sizes would be of no network.</summary>
    [Theory]
    [InlineData("own", "their own sizes"), InlineData("96x128", "96x128"), InlineData(null, "their own sizes")]
    public async Task A_mIoU_of_another_size_than_the_latencys_is_in_no_row_and_ranked_nowhere(string? size, string told)
    {
        string one = runs.Write("one", byLatency[0], right: 60),
            two = runs.Write("two", byLatency[1], right: 80);
        string evaluation = Path.Combine(two, "eval-student-val.json"),
            sized = File.ReadAllText(evaluation);
        Assert.Contains("\"size\": \"64x64\",", sized, StringComparison.Ordinal);
        // Older builds wrote none, and left images at their own size.
        File.WriteAllText(
            evaluation,
            sized.Replace("\"size\": \"64x64\",", size is null ? "" : $"\"size\": \"{size}\",", StringComparison.Ordinal)
        );
        var (_, output, _) = await Shell.RunAsync(width: 400, ["compare", one, two, "--out", folder["o.json"]]);
        Assert.Contains(
            $"two's student was evaluated on images of {told}, and its latency is of 64x64: that mIoU is "
                + "left out; run 'fasterseg eval' again.",
            output,
            StringComparison.Ordinal
        );
        Assert.DoesNotMatch(@"(?m)^two .* 66\.7", output);
        Assert.DoesNotMatch(@"(?m)^two .*\*", output);
        Assert.Contains("estimated latency and trained mIoU at 64x64, on made up", output, StringComparison.Ordinal);
        Assert.Contains("Without a trained mIoU, so not judged: two.", output, StringComparison.Ordinal);
        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(folder["o.json"]));
        JsonElement[] networks = [.. json.RootElement.GetProperty("networks").EnumerateArray()];
        Assert.Equal(JsonValueKind.Null, networks[1].GetProperty("trainedMeanIou").ValueKind);
        Assert.Equal((64, 64), (networks[1].GetProperty("height").GetInt32(), networks[1].GetProperty("width").GetInt32()));

        // Evaluated at the deployed size it is back.
        File.WriteAllText(evaluation, sized);
        (_, output, _) = await Shell.RunAsync("compare", one, two);
        Assert.Matches(@"(?m)^two .* 66\.7", output);
        Assert.Contains("latency and trained mIoU at 64x64, on made up", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_files_for_other_programs_hold_every_network()
    {
        string[] two = [runs.Write("a, b", byLatency[0], supernet: 0.25, right: 60), runs.Write("c", byLatency[1], right: 80)];
        foreach (string name in new[] { "o.json", "o.csv" })
            Assert.Contains(
                $"Comparison written to {folder[name]}.",
                (await Shell.RunAsync(["compare", .. two, "--out", folder[name]])).Output,
                StringComparison.Ordinal
            );
        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(folder["o.json"]));
        JsonElement[] networks = [.. json.RootElement.GetProperty("networks").EnumerateArray()];
        Assert.Equal(two, networks.Select(network => network.GetProperty("run").GetString()));
        Assert.Equal(MadeRuns.EstimateMs(byLatency[0]), networks[0].GetProperty("estimateMs").GetDouble(), 12);
        Assert.Equal(
            (0.25, "trained"),
            (networks[0].GetProperty("supernetMeanIou").GetDouble(), networks[0].GetProperty("accuracyBasis").GetString())
        );
        Assert.Equal(6 / 14.0, networks[0].GetProperty("trainedMeanIou").GetDouble(), 12);
        NetworkCost cost = NetworkCost.Of(NetworkPlan.Of(MadeRuns.Network(byLatency[1]), 64, 64));
        Assert.Equal(
            (cost.MultiplyAdds, cost.Parameters, cost.ActivationBytes),
            (
                networks[1].GetProperty("multiplyAdds").GetDouble(),
                networks[1].GetProperty("parameters").GetInt64(),
                networks[1].GetProperty("activationBytes").GetInt64()
            )
        );
        Assert.Equal(two[1], json.RootElement.GetProperty("recommended")[0].GetProperty("run").GetString());

        string[] lines = File.ReadAllLines(folder["o.csv"]);
        Assert.Equal(3, lines.Length);
        Assert.StartsWith("run,role,branches,random,seed,", lines[0], StringComparison.Ordinal);
        Assert.StartsWith($"\"{two[0]}\",student,", lines[1], StringComparison.Ordinal);
        Assert.EndsWith(",estimate,trained,true", lines[2], StringComparison.Ordinal);
        Assert.Equal(lines[0].Count(letter => letter == ','), lines[2].Count(letter => letter == ','));

        var (code, printed, _) = await Shell.RunAsync(["compare", .. two, "--json"]);
        Assert.Equal((ExitCodes.Done, File.ReadAllText(folder["o.json"])), (code, printed));

        var wrong = await Shell.RunAsync(["compare", .. two, "--out", folder["o.txt"]]);
        Assert.Equal((ExitCodes.WrongUsage, ""), (wrong.Code, wrong.Output));
    }

    [Fact]
    public async Task A_page_and_a_picture_show_latency_over_accuracy()
    {
        string[] three =
        [
            runs.Write("a <b> c", byLatency[0], right: 60),
            runs.Write("slow", byLatency[1], right: 80),
            runs.Write("beaten", byLatency[2], right: 70),
        ];
        Assert.Equal(ExitCodes.Done, (await Shell.RunAsync(["compare", .. three, "--out", folder["c.html"]])).Code);
        string page = File.ReadAllText(folder["c.html"]);
        Assert.Contains("a &lt;b&gt; c", page, StringComparison.Ordinal);
        Assert.Contains("Keep slow: ", page, StringComparison.Ordinal);
        Assert.Contains("data:image/png;base64,", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);

        Assert.Equal(ExitCodes.Done, (await Shell.RunAsync(["compare", .. three, "--out", folder["c.png"]])).Code);
        RgbImage picture = ImageFile.Read(folder["c.png"]);
        Assert.Equal((960, 1440), (picture.Height, picture.Width));
        // Without the third network the picture is another one.
        await Shell.RunAsync(["compare", three[0], three[1], "--out", folder["two.png"]]);
        Assert.NotEqual(picture.Pixels, ImageFile.Read(folder["two.png"]).Pixels);

        var (code, _, error) = await Shell.RunAsync("compare", runs.Write("untried"), "--out", folder["none.png"]);
        Assert.Equal((ExitCodes.Failed, true), (code, error.Contains("there is nothing to draw", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("search-7", "search-7"), InlineData("camvid-decoupled-and-proportional-7", @"\S+")]
    public async Task At_80_columns_every_network_has_one_line_with_all_of_its_figures(string name, string shown)
    {
        string run = runs.Write(name, byLatency[0], seed: 12345, supernet: 0.25, right: 60, teacher: true, change: options =>
            options.Searching.Target = "100.3-212.8 ms"
        );
        var (_, output, _) = await Shell.RunAsync(80, ["compare", run]);
        Assert.All(output.Split('\n'), line => Assert.True(line.TrimEnd().Length <= 80, line));
        Assert.Matches($@"(?m)^{shown} +student 12345 100\.3-212\.8 fast +\S+ +\S+ +25\.0 +42\.9 +\* *$", output);
    }

    [Fact]
    public async Task Two_folders_of_one_name_are_called_by_their_paths()
    {
        Directory.CreateDirectory(folder["x"]);
        Directory.CreateDirectory(folder["y"]);
        string[] two = [runs.Write("x/run", right: 60), runs.Write("y/run", right: 80)];
        Assert.Contains(
            $"Keep {two[1]}: ",
            (await Shell.RunAsync(["compare", .. two])).Output.ReplaceLineEndings(" "),
            StringComparison.Ordinal
        );
        Assert.True(RunFolder.Exists(two[0]));
    }
}
