using System.Text.Json;
using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Tables;
using FasterSeg.Search.Client.Commands;
using FasterSeg.Search.Configuration;
using Xunit;

namespace FasterSeg.Search.Client.Tests.Commands;

/// <summary>A search by shared weights from the command line, and what else its weights are good for.</summary>
public sealed class SupernetCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly FasterSegOptions options = TinySearch.Options();

    public SupernetCommandTests()
    {
        OneShotOptions phase = options.OneShot;
        (phase.Epochs, phase.StepsPerEpoch, phase.Batch, phase.CropHeight, phase.CropWidth, phase.Paths) = (1, 3, 2, 32, 64, 2);
        (phase.Networks, phase.Population, phase.Parents, phase.CalibrationBatches) = (6, 4, 2, 1);
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
        await DoneAsync("derive", "--run", Run, "--data", "synthetic", "--lut", folder["other.json"], "--out", folder["other"]);
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

        string output = await DoneAsync("derive", "--run", Run, "--data", "synthetic", "--front", "3", "--out", folder["front"]);
        Assert.Contains("front.png", output, StringComparison.Ordinal);
        JsonElement[] front =
        [
            .. JsonDocument.Parse(File.ReadAllText(Path.Combine(folder["front"], "front.json"))).RootElement.EnumerateArray(),
        ];
        Assert.InRange(front.Length, 1, 3);
        double[] latencies = [.. front.Select(point => point.GetProperty("estimateMs").GetDouble())],
            losses = [.. front.Select(point => point.GetProperty("supernetLoss").GetDouble())];
        Assert.Equal(latencies.Order(), latencies);
        // A slower one that is no better is on no front.
        Assert.Equal(losses.OrderDescending(), losses);
        Assert.All(front, point =>
            DerivedArchitectureJson.Load(Path.Combine(folder["front"], point.GetProperty("network").GetString()!)).Validated()
        );
        Assert.True(new FileInfo(Path.Combine(folder["front"], "front.png")).Length > 1000);
        // What was scored once is not scored again.
        Assert.True(Lines() > scored);
        scored = Lines();
        await DoneAsync("derive", "--run", Run, "--data", "synthetic", "--front", "3", "--out", folder["again"]);
        Assert.Equal(scored, Lines());
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
    public async Task What_cannot_be_derived_is_told(string expected, params string[] arguments)
    {
        Directory.CreateDirectory(Run);
        File.Copy(folder["c.json"], Path.Combine(Run, "config.json"));
        var (code, _, error) = await Shell.RunAsync([
            "derive",
            .. arguments.Select(argument => argument == "RUN" ? Run : argument),
            "--out",
            folder["new"],
        ]);
        Assert.NotEqual(ExitCodes.Done, code);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["new"]));
    }

    private Task<string> SearchAsync(string method, params string[] sets) =>
        DoneAsync([
            "search",
            "--config",
            folder["c.json"],
            "--data",
            "synthetic",
            "--lut",
            folder["t.json"],
            "--out",
            Run,
            "--set",
            "searching:method=" + method,
            .. sets,
        ]);

    private static async Task<string> DoneAsync(params string[] arguments)
    {
        var (code, output, error) = await Shell.RunAsync(arguments);
        Assert.True(code == ExitCodes.Done, output + error);
        return output;
    }

    private int Lines() => File.ReadLines(Path.Combine(Run, "scores.jsonl")).Count(line => line.Length > 0);

    private static DerivedArchitecture Network(string run, string role) => DerivedArchitectureJson.Load(Path.Combine(run, role + ".json"));
}
