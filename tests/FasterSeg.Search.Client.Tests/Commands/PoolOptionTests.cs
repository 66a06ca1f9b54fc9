using FasterSeg.Latency.Tables;
using FasterSeg.Search.Client.Commands;
using Grpc.Core;
using Xunit;

namespace FasterSeg.Search.Client.Tests.Commands;

/// <summary>A fleet of several pools serves the profiler's contract for the one that is named.</summary>
public sealed class PoolOptionTests : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private FakeProfiler fake = null!;

    public async ValueTask InitializeAsync() => fake = await FakeProfiler.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await fake.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task Each_call_of_a_command_names_the_pool()
    {
        fake.Tables["t"] = LatencyTableJson.Serialize(TestTables.Small);
        fake.OnBuildTable = (_, stream, _) => stream.WriteAsync(new() { TableId = "t" });
        var (code, _, error) = await Shell.RunAsync(
            "profile",
            "--config",
            folder.Write("c.json", """{ "space": { "height": 64, "width": 64, "classes": 3 } }"""),
            "--profiler",
            fake.Url,
            "--pool",
            "GTX 1080 Ti",
            "--out",
            folder["t.json"]
        );
        Assert.Equal((ExitCodes.Done, ""), (code, error));
        // For the device, the table's progress, the table.
        Assert.Equal(["GTX 1080 Ti", "GTX 1080 Ti", "GTX 1080 Ti"], fake.Pools);
    }

    [Fact]
    public async Task Without_the_option_no_call_names_one()
    {
        var (code, _, _) = await Shell.RunAsync("device", "--profiler", fake.Url);
        Assert.Equal(ExitCodes.Done, code);
        Assert.Equal([""], fake.Pools);
    }

    [Fact]
    public void A_command_that_goes_on_with_a_search_names_the_pool_again()
    {
        Assert.Equal(
            "fasterseg search --profiler http://lab:5250 --pool 1080ti",
            Suggestion.Of(["search", .. Suggestion.Profiler(new("http://lab:5250", "1080ti"))])
        );
        Assert.Empty(Suggestion.Profiler(null));
    }

    [Theory]
    [InlineData("device")]
    [InlineData("profile --config c --out t")]
    [InlineData("measure --onnx n")]
    [InlineData("search --data synthetic --out r")]
    [InlineData("derive --parameters p --out r")]
    [InlineData("derive --run r --out o")]
    [InlineData("eval --run r --role student --data synthetic")]
    [InlineData("report --run r --out o")]
    [InlineData("lut validate --lut t")]
    public async Task A_pool_without_an_address_is_wrong_usage_for_every_command_that_measures(string line)
    {
        var (code, output, error) = await Shell.RunAsync([.. line.Split(' '), "--pool", "1080ti"]);
        Assert.Equal((ExitCodes.WrongUsage, ""), (code, output));
        Assert.Equal(
            "error: --pool is '1080ti', which is a part of a fleet: name the fleet's address with --profiler, or leave --pool out.",
            error.Trim()
        );
    }

    [Theory]
    [InlineData("Größe")]
    [InlineData(" ")]
    [InlineData("a\nb")]
    public async Task What_cannot_be_a_pools_name_is_wrong_usage(string pool)
    {
        var (code, _, error) = await Shell.RunAsync("device", "--profiler", fake.Url, "--pool", pool);
        Assert.Equal(ExitCodes.WrongUsage, code);
        Assert.StartsWith("error: What names a pool is its id, its name or letters and digits of it", error, StringComparison.Ordinal);
        Assert.Empty(fake.Pools);
    }

    [Fact]
    public async Task A_fleet_that_knows_no_such_pool_is_quoted()
    {
        fake.OnGetDevice = () =>
            throw new RpcException(new(StatusCode.FailedPrecondition, "This fleet has no pool 'x': name one of 'A' (1) with --pool."));
        var (code, _, error) = await Shell.RunAsync("device", "--profiler", fake.Url, "--pool", "x");
        Assert.Equal(ExitCodes.Failed, code);
        Assert.Equal($"error: The fleet at {fake.Url} refused: This fleet has no pool 'x': name one of 'A' (1) with --pool.", error.Trim());
    }
}
