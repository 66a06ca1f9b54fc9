using System.Text.Json;
using System.Text.Json.Nodes;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Client.Commands;
using FasterSeg.Search.Networks;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Training;
using Spectre.Console.Testing;
using TorchSharp;
using Xunit;

namespace FasterSeg.Search.Client.Tests.Commands;

/// <summary>With <c>--json</c> a command prints one JSON value in camelCase and nothing else.</summary>
public sealed class JsonOutputTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_table_is_shown_with_its_identity_entries_and_slowest()
    {
        LatencyTable table = Table("t.json");
        JsonElement json = await JsonAsync("lut", "show", folder["t.json"], "--slowest", "3", "--json");
        Assert.Equal("made up", json.GetProperty("identity").GetProperty("deviceName").GetString());
        Assert.Equal(table.Entries.Count, json.GetProperty("entries").GetProperty("count").GetInt32());
        double[] slowest = [.. json.GetProperty("slowest").EnumerateArray().Select(entry => entry.GetProperty("medianMs").GetDouble())];
        Assert.Equal(table.Entries.Select(entry => entry.MedianMs).OrderDescending().Take(3), slowest);
        Assert.Equal(LatencyTableJson.HashOf(table), json.GetProperty("sha256").GetString());
        Assert.Equal(JsonValueKind.Null, json.GetProperty("validation").ValueKind);
    }

    [Fact]
    public async Task A_network_on_a_table_has_its_parts_with_keys_and_latencies()
    {
        LatencyTable table = Table("t.json");
        DerivedArchitecture network = MadeRuns.Network(4);
        DerivedArchitectureJson.Save(network, folder["student.json"]);
        JsonElement json = await JsonAsync("lut", "show", folder["t.json"], "--network", folder["student.json"], "--json");
        Assert.Equal(("student", 64), (json.GetProperty("role").GetString(), json.GetProperty("height").GetInt32()));
        Assert.Equal(MadeRuns.EstimateMs(4), json.GetProperty("estimateMs").GetDouble(), 9);
        JsonElement[] parts = [.. json.GetProperty("parts").EnumerateArray()];
        Assert.Equal(NetworkPlan.Of(network, 64, 64).Parts.Count, parts.Length);
        Assert.Equal(json.GetProperty("estimateMs").GetDouble(), parts.Sum(part => part.GetProperty("ms").GetDouble()), 9);
        Assert.Equal(1, parts.Sum(part => part.GetProperty("share").GetDouble()), 9);
        string[] keys = [.. table.Entries.Select(entry => entry.Spec.ToString())];
        Assert.All(parts, part => Assert.Contains(part.GetProperty("key").GetString(), keys));
        Assert.Equal(JsonValueKind.Null, json.GetProperty("loaded").ValueKind);
    }

    [Fact]
    public async Task An_interruption_says_nothing_on_standard_output()
    {
        Table("t.json");
        using var console = new TestConsole();
        using var error = new StringWriter();
        int code = await CommandLine.RunAsync(["lut", "show", folder["t.json"], "--json"], console, error, new(canceled: true));
        Assert.Equal(ExitCodes.Interrupted, code);
        Assert.Equal("", console.Output);
        Assert.Contains("press again to stop at once", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_noisy_table_says_what_to_do()
    {
        LatencyTable table = Table("t.json");
        LatencyTableJson.Save(
            new LatencyTable(
                table.Identity,
                table.Space,
                table.Entries.Select(entry => entry with { Noisy = entry.Origin == EntryOrigin.Measured }),
                table.Created
            ),
            folder["noisy.json"]
        );
        JsonElement json = await JsonAsync("lut", "show", folder["noisy.json"], "--json");
        string warning = Assert.Single(json.GetProperty("warnings").EnumerateArray()).GetString()!;
        Assert.Contains("are noisy", warning, StringComparison.Ordinal);
        Assert.Contains("--set measuring:maximumSeconds=1", warning, StringComparison.Ordinal);
        Assert.Contains(warning, (await Shell.RunAsync(400, ["lut", "show", folder["noisy.json"]])).Output, StringComparison.Ordinal);
        Assert.Empty((await JsonAsync("lut", "show", folder["t.json"], "--json")).GetProperty("warnings").EnumerateArray());
    }

    [Fact]
    public async Task Two_tables_are_compared()
    {
        LatencyTable table = Table("a.json");
        LatencyTableJson.Save(
            new LatencyTable(
                table.Identity,
                table.Space,
                table.Entries.Select(entry => entry with { MedianMs = 2 * entry.MedianMs, Spread = null }),
                table.Created
            ),
            folder["b.json"]
        );
        JsonElement json = await JsonAsync("lut", "diff", folder["a.json"], folder["b.json"], "--networks", "9", "--worst", "1", "--json");
        Assert.Equal(2, json.GetProperty("all").GetProperty("medianRatio").GetDouble(), 9);
        Assert.Equal(1, json.GetProperty("students").GetProperty("spearman").GetDouble(), 9);
        Assert.Single(json.GetProperty("farthest").EnumerateArray());
        Assert.Equal(0, json.GetProperty("decisions").GetProperty("operators").GetProperty("otherwise").GetInt32());
    }

    [Fact]
    public async Task A_device_is_shown()
    {
        await using FakeProfiler fake = await FakeProfiler.StartAsync();
        JsonElement json = await JsonAsync("device", "--profiler", fake.Url, "--json");
        Assert.NotEmpty(json.GetProperty("name").GetString()!);
        Assert.True(json.GetProperty("logicalCores").ValueKind == JsonValueKind.Number);
        Assert.NotEmpty(json.GetProperty("libtorch").GetString()!);
    }

    [Fact]
    public async Task An_evaluation_is_what_the_run_keeps_with_the_majority_map()
    {
        var run = RunFolder.Open(new MadeRuns(folder).Write("run"));
        using (var network = new DerivedNetwork(MadeRuns.Network(1), auxiliary: true))
        {
            using var optimizer = torch.optim.SGD(network.parameters(), 0.1);
            new TrainingCheckpoint(run.TrainingCheckpoint(Role.Student)).Save(network, optimizer, new(2, 0));
        }
        JsonElement json = await JsonAsync("eval", "--run", run.Path, "--role", "student", "--data", "synthetic", "--json");
        Assert.InRange(json.GetProperty("pixelAccuracy").GetDouble(), 0, 1);
        StoredEvaluation kept = StoredEvaluation.Load(run, Role.Student, "val")!;
        Assert.Equal(kept.Majority!.MeanIou, json.GetProperty("majority").GetProperty("meanIou").GetDouble());
        Assert.Equal(10, kept.Majority.Iou.Count);
        // One form for both: the class's name beside its number.
        Assert.Equal(kept.Classes, Ious(json));
        Assert.Equal(kept.Classes.Select(one => one.Name), Ious(json.GetProperty("majority")).Select(one => one.Name));
        Assert.Equal(kept.Majority.Iou, Ious(json.GetProperty("majority")).Select(one => one.Iou));
        string file = run.Evaluation(Role.Student, "val");
        JsonNode older = JsonNode.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken))!;
        older["majority"]!["iou"] = new JsonArray([.. kept.Majority.Iou.Select(iou => (JsonNode?)iou)]);
        File.WriteAllText(file, older.ToJsonString());
        Assert.Equal(kept.Majority.Iou, StoredEvaluation.Load(run, Role.Student, "val")!.Majority!.Iou);
        Assert.Equal(kept.LabelPixels, kept.Confusion.Select(row => row.Sum()));
        // While it ran it told how far it was, and left what a training told.
        Assert.False(File.Exists(run.Progress));
        Assert.Equal(
            (WorkState.Done, "evaluate"),
            (RunProgress.Load(run.EvaluationProgress)!.State, RunProgress.Load(run.EvaluationProgress)!.Task)
        );
    }

    private static (string Name, double? Iou)[] Ious(JsonElement evaluation) =>
        [
            .. evaluation
                .GetProperty("iou")
                .EnumerateArray()
                .Select(one =>
                    (
                        one.GetProperty("name").GetString()!,
                        one.GetProperty("iou") is { ValueKind: JsonValueKind.Number } iou ? iou.GetDouble() : (double?)null
                    )
                ),
        ];

    private LatencyTable Table(string name)
    {
        LatencyTable table = TinySpace.Table(TinySearch.Options().Space.ToSpace());
        LatencyTableJson.Save(table, folder[name]);
        return table;
    }

    private static async Task<JsonElement> JsonAsync(params string[] arguments)
    {
        var (code, output, error) = await Shell.RunAsync(arguments);
        Assert.Equal((ExitCodes.Done, ""), (code, error));
        return JsonSerializer.Deserialize<JsonElement>(output);
    }
}
