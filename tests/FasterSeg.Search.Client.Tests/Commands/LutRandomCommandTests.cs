using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Latency.Tables;
using FasterSeg.Onnx;
using FasterSeg.Onnx.Messages;
using FasterSeg.Search.Client.Commands;
using Xunit;

namespace FasterSeg.Search.Client.Tests.Commands;

/// <summary>A random network of a band, of a table alone.</summary>
public sealed class LutRandomCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly LatencyTable table = MadeValidations.Table;

    public LutRandomCommandTests() => LatencyTableJson.Save(table, folder["t.json"]);

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("student")]
    [InlineData("teacher")]
    public async Task It_lies_in_the_band_and_its_file_and_model_are_that_network(string role)
    {
        Role wanted = role == "student" ? Role.Student : Role.Teacher;
        double some = Estimate(RandomArchitectures.Draw(table.Space!, wanted, seed: 77));
        var band = new LatencyTarget(0.95 * some, 1.05 * some);
        string[] line =
        [
            "lut",
            "random",
            folder["t.json"],
            "--role",
            role,
            "--target",
            FormattableString.Invariant($"{band.LowMs:R}-{band.HighMs:R} ms"),
        ];
        var (code, printed, error) = await Shell.RunAsync([.. line, "--out", folder["n.json"], "--onnx", folder["n.onnx"]]);
        Assert.Equal((ExitCodes.Done, ""), (code, error));
        DerivedArchitecture network = DerivedArchitectureJson.Load(folder["n.json"]);
        Assert.Equal(wanted, network.Role);
        Assert.True(band.Contains(Estimate(network)));
        ModelProto model = ModelProto.Parser.ParseFrom(
            await File.ReadAllBytesAsync(folder["n.onnx"], TestContext.Current.CancellationToken)
        );
        Assert.Equal(
            NetworkPlan.Of(network, table.Space!).Parts.Select(part => part.Spec),
            OnnxNetworkReader.Parts(model).Select(part => part.Spec)
        );
        Assert.Contains("measure --onnx", printed, StringComparison.Ordinal);

        // One seed is one network; nothing is replaced unasked.
        Assert.Equal(ExitCodes.Done, (await Shell.RunAsync([.. line, "--out", folder["again.json"]])).Code);
        Assert.Equal(network, DerivedArchitectureJson.Load(folder["again.json"]));
        Assert.Equal(ExitCodes.Done, (await Shell.RunAsync([.. line, "--out", folder["other.json"], "--seed", "2"])).Code);
        Assert.NotEqual(network, DerivedArchitectureJson.Load(folder["other.json"]));
        Assert.Equal(ExitCodes.Failed, (await Shell.RunAsync([.. line, "--out", folder["other.json"]])).Code);
    }

    [Theory]
    [InlineData("student")]
    [InlineData("teacher")]
    public async Task Without_a_band_it_is_one_of_the_fast_side_of_its_role(string role)
    {
        var (code, _, error) = await Shell.RunAsync("lut", "random", folder["t.json"], "--role", role, "--out", folder["n.json"]);
        Assert.Equal((ExitCodes.Done, ""), (code, error));
        DerivedArchitecture network = DerivedArchitectureJson.Load(folder["n.json"]);
        Assert.Equal(role, network.Role.Name());
        Assert.True(TargetBand.Resolve("auto", table.Space!, table, seed: 1, network.Role).Contains(Estimate(network)));
    }

    [Fact]
    public async Task A_band_without_networks_and_a_table_without_a_space_are_refused_in_a_sentence()
    {
        var (code, _, error) = await Shell.RunAsync(
            width: 500,
            ["lut", "random", folder["t.json"], "--target", "1e6-2e6 ms", "--out", folder["n.json"]]
        );
        Assert.Equal(ExitCodes.WrongUsage, code);
        Assert.Contains("is not a latency target", error, StringComparison.Ordinal);
        (code, _, error) = await Shell.RunAsync(
            width: 500,
            ["lut", "random", folder["t.json"], "--target", "1000000-2000000 ms", "--out", folder["n.json"]]
        );
        Assert.Equal(ExitCodes.WrongUsage, code);
        (double low, double high) = ReachableLatencies.Of(table.Space!, table);
        Assert.Contains(
            $"the cheapest and the dearest take {new LatencyTarget(low, high)}. Set --target to a band in that range.",
            error,
            StringComparison.Ordinal
        );
        // Somebody lies there, but not by chance.
        (code, _, error) = await Shell.RunAsync(
            width: 500,
            [
                "lut",
                "random",
                folder["t.json"],
                "--target",
                FormattableString.Invariant($"{low:R}-{low * (1 + 1e-9):R} ms"),
                "--out",
                folder["n.json"],
            ]
        );
        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains($"though the space's take from {new LatencyTarget(low, high)}: name a wider", error, StringComparison.Ordinal);
        LatencyTableJson.Save(new(table.Identity, space: null, table.Entries, table.Created), folder["u.json"]);
        (code, _, error) = await Shell.RunAsync(width: 500, ["lut", "random", folder["u.json"], "--out", folder["n.json"]]);
        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains("does not say the space", error, StringComparison.Ordinal);
        Assert.False(File.Exists(folder["n.json"]));
    }

    private double Estimate(DerivedArchitecture network) => NetworkEstimate.Of(table, NetworkPlan.Of(network, table.Space!)).TotalMs;
}
