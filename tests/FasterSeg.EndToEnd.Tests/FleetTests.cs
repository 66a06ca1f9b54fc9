using System.Text.Json;
using FasterSeg.Latency.Tables;
using Xunit;

namespace FasterSeg.EndToEnd.Tests;

/// <summary>A fleet, two profilers that join it and the client, each a process of its own.</summary>
public class FleetTests
{
    [Fact]
    public async Task Two_profilers_that_join_measure_a_table_for_a_client_that_knows_the_fleet_alone()
    {
        await using var bench = new Workbench();
        (_, string fleet) = await bench.StartFleetAsync();
        string early = await bench.FailAsync(1, ["device", "--profiler", fleet]);
        Assert.Contains("No device has joined this fleet yet", early, StringComparison.Ordinal);

        await bench.StartJoiningProfilerAsync(fleet, "left");
        await bench.StartJoiningProfilerAsync(fleet, "right");
        await WaitForDevicesAsync(bench, fleet, 2);
        string pool = Assert.Single((await JsonAsync(bench, "pools", fleet)).EnumerateArray()).GetProperty("id").GetString()!;

        string[] named = ["--profiler", fleet, "--pool", pool];
        Assert.Contains("ONNX Runtime", await bench.OkAsync(["device", .. named]), StringComparison.Ordinal);
        string unknown = await bench.FailAsync(1, ["device", "--profiler", fleet, "--pool", "jetson"]);
        Assert.Contains($"({pool}) with --pool.", unknown, StringComparison.Ordinal);

        await bench.OkAsync(["profile", "--config", bench.WriteConfiguration(), .. named, "--out", bench["t.json"]]);
        LatencyTable table = LatencyTableJson.Load(bench["t.json"]);
        Assert.All(table.Entries, entry => Assert.Null(entry.Failure));
        LatencyEntry[] measured = [.. table.Entries.Where(entry => entry.Origin == EntryOrigin.Measured)];
        Assert.NotEmpty(measured);
        // Whether the second one's numbers agree is a matter of what else this machine does: the table may be of one card alone.
        if (table.Members.Count > 0)
            Assert.Equal(measured.Length, table.Members.Sum(member => member.Entries));
        Assert.All(table.Members, member => Assert.Contains(member.Id, (string[])["left", "right"]));

        string devices = await bench.OkAsync(["fleet", "devices", "--profiler", fleet]);
        Assert.Matches("left .* now", devices);
        Assert.Matches("right .* now", devices);
        Assert.Contains("No job", await bench.OkAsync(["fleet", "queue", "--profiler", fleet]), StringComparison.Ordinal);

        await bench.OkAsync(["fleet", "drain", "right", "--profiler", fleet]);
        Assert.Equal("draining", (await JsonAsync(bench, "show", fleet, "right")).GetProperty("state").GetString());
    }

    private static async Task WaitForDevicesAsync(Workbench bench, string fleet, int count)
    {
        while (
            (await JsonAsync(bench, "devices", fleet)).EnumerateArray().Count(device => device.GetProperty("attached").GetBoolean()) < count
        )
            await Task.Delay(TimeSpan.FromSeconds(1), Workbench.Stop);
    }

    private static async Task<JsonElement> JsonAsync(Workbench bench, string command, string fleet, params string[] more) =>
        JsonDocument.Parse(await bench.OkAsync(["fleet", command, .. more, "--profiler", fleet, "--json"])).RootElement;
}
