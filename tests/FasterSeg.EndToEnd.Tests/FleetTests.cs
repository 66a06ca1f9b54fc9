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

    [Fact]
    public async Task Of_two_profilers_on_a_core_each_the_slowed_down_one_is_merged_or_refused_with_the_reason()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Programs are put on cores with taskset, which is Linux's.");
        int[] cores = Cores();
        await using var bench = new Workbench();
        (_, string fleet) = await bench.StartFleetAsync();
        // The first by name is the reference.
        await bench.StartJoiningProfilerAsync(fleet, "left", cores[0]);
        await bench.StartJoiningProfilerAsync(fleet, "right", cores[^1]);
        bench.KeepBusy(cores[^1]);
        await WaitForDevicesAsync(bench, fleet, 2);
        string configuration = bench.WriteConfiguration();
        JsonElement right;
        int tables = 0;
        do
        {
            string file = bench[$"t{tables++}.json"];
            await bench.OkAsync(["profile", "--config", configuration, "--profiler", fleet, "--out", file]);
            LatencyTable table = LatencyTableJson.Load(file);
            Assert.All(table.Entries, entry => Assert.Null(entry.Failure));
            // Cards that measured nothing of it are no members; what the slower one measured is on the other's scale.
            foreach (LatencyEntry entry in table.Entries.Where(entry => entry.Device == "right" && entry.Factor is not null))
                Assert.Equal(table.Members.Single(member => member.Id == "right").Factor, entry.Factor);
            right = await JsonAsync(bench, "show", fleet, "right");
        } while (IsOpen(right));

        string health = right.GetProperty("health").GetString()!,
            told = await bench.OkAsync(["fleet", "devices", "--profiler", fleet]);
        if (health == "good")
            Assert.InRange(right.GetProperty("factor").GetDouble(), 1 / 1.25, 1.25);
        else
        {
            Assert.Contains(health, (string[])["disagrees", "not compared"]);
            string reason = right.GetProperty("reason").GetString()!;
            Assert.Matches("^(It|Of|Beside|Nobody) .+[.]$", reason);
            Assert.Contains("right: " + reason, told.ReplaceLineEndings(" "), StringComparison.Ordinal);
        }
    }

    /// <summary>Whether nobody has judged yet.</summary>
    private static bool IsOpen(JsonElement device) =>
        device.TryGetProperty("reason", out JsonElement reason)
        && reason.GetString()?.StartsWith("it was not compared with its pool yet", StringComparison.Ordinal) == true;

    /// <summary>The processor's cores that this process may use.</summary>
    private static int[] Cores() =>
        [
            .. File.ReadLines("/proc/self/status")
                .First(line => line.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal))
                .Split(':')[1]
                .Split(',')
                .Select(part => part.Trim().Split('-'))
                .SelectMany(part => Enumerable.Range(int.Parse(part[0], null), int.Parse(part[^1], null) - int.Parse(part[0], null) + 1)),
        ];

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
