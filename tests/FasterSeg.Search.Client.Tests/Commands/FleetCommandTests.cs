using System.Text.Json;
using FasterSeg.Protos.Fleet.V1;
using FasterSeg.Search.Client.Commands;
using Grpc.Core;
using Xunit;

namespace FasterSeg.Search.Client.Tests.Commands;

public sealed class FleetCommandTests : IAsyncLifetime
{
    private const int Columns = 100;
    private const string Kind = "NVIDIA GeForce GTX 1080 Ti, tensorrt, fp32";

    private FakeFleetService fleet = null!;

    public async ValueTask InitializeAsync()
    {
        fleet = await FakeFleetService.StartAsync();
        fleet.Pools.Add(
            new()
            {
                Id = "3f2a90c1",
                Name = Kind,
                Kind = new() { DeviceName = "NVIDIA GeForce GTX 1080 Ti", Provider = Protos.Profiler.V1.ExecutionProvider.Tensorrt },
                Reference = "shelf-1",
                Devices = 3,
                Ready = 2,
                WaitingItems = 570,
            }
        );
        fleet.Pools.Add(
            new()
            {
                Id = "77aa0b12",
                Name = "Jetson [Orin], cpu, fp32",
                Devices = 1,
            }
        );
        fleet.Devices.AddRange(
            Device("shelf-1", device => (device.Reference, device.Leased) = (true, 25)),
            Device("shelf-2", device => (device.Factor, device.State) = (1.0123, DeviceState.Draining)),
            Device("shelf-3", device =>
                (device.Attached, device.Health, device.Reason) = (false, DeviceHealth.Disagrees, "zoomed_conv is 2.1 % off its pool's")
            ),
            Device("jetson", device => (device.Pool, device.Health) = ("77aa0b12", DeviceHealth.Unknown))
        );
        fleet.Jobs.Add(
            new()
            {
                Pool = "3f2a90c1",
                Owner = "anna",
                Priority = 1,
                Waiting = 570,
                Leased = 25,
                Job = new()
                {
                    Id = "8c0f4a1b2d3e4f50",
                    Space = new()
                    {
                        Height = 1024,
                        Width = 2048,
                        Classes = 19,
                    },
                    Done = 5,
                    Total = 600,
                    Created = "2026-01-02T03:04:05Z",
                },
            }
        );
    }

    public async ValueTask DisposeAsync() => await fleet.DisposeAsync();

    [Fact]
    public async Task Devices_are_listed_by_pool_with_what_they_do_and_why_some_do_not()
    {
        string output = await PrintAsync("devices");
        Assert.Contains($"Pool {Kind} (3f2a90c1)", output, StringComparison.Ordinal);
        Assert.Contains("Pool Jetson [Orin], cpu, fp32 (77aa0b12)", output, StringComparison.Ordinal);
        Assert.Matches("shelf-1 +working +good +25 +reference +now", output);
        Assert.Matches("shelf-2 +drained +good +0 +1.0123 +now", output);
        Assert.Matches("shelf-3 +away +disagrees +0 +2026-01-02 03:04", output);
        Assert.Matches("jetson +idle +not compared", output);
        Assert.Contains("shelf-3: zoomed_conv is 2.1 % off its pool's.", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Devices_of_one_pool_are_asked_for_by_its_name()
    {
        string output = await PrintAsync("devices", "--pool", "77aa0b12");
        Assert.Equal(["77aa0b12"], fleet.Asked);
        Assert.DoesNotContain("shelf", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pools_and_jobs_are_listed()
    {
        Assert.Matches($"3f2a90c1 +{Kind} +3 +2 +570 +shelf-1", await PrintAsync("pools"));
        string queue = await PrintAsync("queue");
        Assert.Contains($"Pool {Kind} (3f2a90c1)", queue, StringComparison.Ordinal);
        Assert.Matches("8c0f4a1b2d3e4f50 +anna +1 +1024x2048, 19 classes +5/600 +570 +25", queue);
    }

    [Fact]
    public async Task An_empty_fleet_says_how_devices_join()
    {
        fleet.Devices.Clear();
        fleet.Pools.Clear();
        fleet.Jobs.Clear();
        Assert.Contains("fasterseg-profiler --join", await PrintAsync("devices"), StringComparison.Ordinal);
        Assert.Contains("no pool yet", await PrintAsync("pools"), StringComparison.Ordinal);
        Assert.Contains("No job", await PrintAsync("queue"), StringComparison.Ordinal);
        Assert.Equal("[]", (await PrintAsync("devices", "--json")).Trim());
    }

    [Fact]
    public async Task A_device_is_shown_whole()
    {
        string output = await PrintAsync("show", "shelf-3");
        Assert.Matches("device +A [[]GPU[]]\n", output);
        Assert.Matches("health +disagrees\n", output);
        Assert.Matches("because +zoomed_conv is 2.1 %", output);
        Assert.Matches("last heard of +2026-01-02 03:04 UTC", output);
    }

    [Theory]
    [InlineData("drain", DeviceState.Draining, false, "shelf-1 ends its 25 operators and takes nothing more.")]
    [InlineData("resume", DeviceState.InService, false, "shelf-1 takes work.")]
    [InlineData("absolve", DeviceState.Unspecified, true, "shelf-1 is as one that has just joined")]
    public async Task A_device_is_set(string command, DeviceState state, bool absolved, string expected)
    {
        Assert.Contains(expected, await PrintAsync(command, "shelf-1"), StringComparison.Ordinal);
        SetDeviceRequest asked = Assert.Single(fleet.Set);
        Assert.Equal(("shelf-1", state, absolved), (asked.Id, asked.State, asked.Absolve));
    }

    [Fact]
    public async Task A_job_is_cancelled_by_its_id()
    {
        Assert.Contains(
            "Job 8c0f4a1b2d3e4f50 is cancelled. What it has measured is kept.",
            await PrintAsync("cancel", "8c0f4a1b2d3e4f50"),
            StringComparison.Ordinal
        );
        Assert.Equal(["8c0f4a1b2d3e4f50"], fleet.Cancelled);
        Assert.Equal("cancelled", (await JsonAsync("cancel", "8c0f4a1b2d3e4f50")).GetProperty("state").GetString());
        Assert.Equal(
            $"error: The fleet at {fleet.Url} refused: There is no job 'nobody'.",
            await FailAsync(ExitCodes.Failed, "cancel", "nobody", "--profiler", fleet.Url)
        );
    }

    [Fact]
    public async Task A_device_is_made_the_reference()
    {
        Assert.Contains("shelf-1 is the reference of its pool", await PrintAsync("reference", "shelf-1"), StringComparison.Ordinal);
        SetDeviceRequest asked = Assert.Single(fleet.Set);
        Assert.Equal(("shelf-1", DeviceState.Unspecified, false, true), (asked.Id, asked.State, asked.Absolve, asked.Reference));
    }

    [Fact]
    public async Task A_device_in_service_that_cannot_work_is_no_device_that_takes_work()
    {
        Assert.Contains(
            "shelf-3 is in service, but cannot work yet: zoomed_conv is 2.1 % off its pool's.",
            await PrintAsync("resume", "shelf-3"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Json_has_the_same_facts_and_nothing_else()
    {
        JsonElement devices = await JsonAsync("devices");
        Assert.Equal(4, devices.GetArrayLength());
        JsonElement second = devices[1];
        Assert.Equal("shelf-2", second.GetProperty("id").GetString());
        Assert.Equal("draining", second.GetProperty("state").GetString());
        Assert.Equal(1.0123, second.GetProperty("factor").GetDouble());
        Assert.Equal(JsonValueKind.Null, devices[0].GetProperty("factor").ValueKind);
        Assert.True(devices[0].GetProperty("reference").GetBoolean());
        Assert.Equal(570, (await JsonAsync("pools"))[0].GetProperty("waitingItems").GetInt32());
        Assert.Equal("1024x2048, 19 classes", (await JsonAsync("queue"))[0].GetProperty("space").GetString());
        Assert.Equal("disagrees", (await JsonAsync("show", "shelf-3")).GetProperty("health").GetString());
        Assert.Equal("draining", (await JsonAsync("drain", "shelf-1")).GetProperty("state").GetString());
    }

    [Fact]
    public async Task A_device_that_is_not_there_is_told_with_the_nearest()
    {
        Assert.Equal(
            $"error: The fleet at {fleet.Url} has no device 'shelf3'; did you mean 'shelf-3'?",
            await FailAsync(ExitCodes.Failed, "show", "shelf3", "--profiler", fleet.Url)
        );
        Assert.Equal(
            $"error: The fleet at {fleet.Url} refused: This fleet has no device 'shelf3'.",
            await FailAsync(ExitCodes.Failed, "drain", "shelf3", "--profiler", fleet.Url)
        );
    }

    [Fact]
    public async Task A_key_of_the_wrong_role_is_told_in_the_fleets_own_words()
    {
        fleet.Refusal = new(StatusCode.PermissionDenied, "Devices are set by the owner of an operator's key.");
        Assert.Equal(
            $"error: The fleet at {fleet.Url} refused: Devices are set by the owner of an operator's key.",
            await FailAsync(ExitCodes.Failed, "drain", "shelf-1", "--profiler", fleet.Url)
        );
    }

    [Fact]
    public async Task A_client_without_a_key_is_told_of_a_fleets_key()
    {
        fleet.Refusal = new(StatusCode.Unauthenticated, "This fleet asks for an access key.");
        Assert.Equal(
            $"error: The fleet at {fleet.Url} does not let this client in: This fleet asks for an access key. "
                + "Set FASTERSEG_PROFILER_KEY to a key that 'fasterseg-fleet new-key' made and the fleet's file knows.",
            await FailAsync(ExitCodes.Failed, "drain", "shelf-1", "--profiler", fleet.Url)
        );
    }

    [Fact]
    public async Task A_profiler_that_is_no_fleet_is_told_as_one()
    {
        await using FakeProfiler profiler = await FakeProfiler.StartAsync();
        Assert.Equal(
            $"error: What answers at {profiler.Url} is one profiler and no fleet: name the address of a 'fasterseg-fleet', or ask for "
                + $"this profiler's device with 'fasterseg device --profiler {profiler.Url}'.",
            await FailAsync(ExitCodes.Failed, "devices", "--profiler", profiler.Url)
        );
    }

    [Fact]
    public async Task Nobody_at_the_address_ends_with_3()
    {
        string sentence = await FailAsync(ExitCodes.ProfilerUnreachable, "pools", "--profiler", "http://127.0.0.1:1");
        Assert.Equal(
            "error: No fleet answers at http://127.0.0.1:1: start one with 'fasterseg-fleet', or name the address of a node that runs.",
            sentence
        );
    }

    [Theory]
    [InlineData("devices --profiler lab", "'lab' is no address")]
    [InlineData("pools --pool 1080ti", "'--pool' is not known to 'fasterseg fleet pools'")]
    [InlineData("drain", "argument")]
    [InlineData("lend shelf-1", "'lend' is not known to 'fasterseg fleet'")]
    public async Task Wrong_usage_ends_with_2(string line, string expected)
    {
        var (code, output, error) = await Shell.RunAsync(["fleet", .. line.Split(' ')]);
        Assert.Equal((ExitCodes.WrongUsage, ""), (code, output));
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    private async Task<string> PrintAsync(params string[] arguments)
    {
        var (code, output, error) = await Shell.RunAsync(Columns, ["fleet", .. arguments, "--profiler", fleet.Url]);
        Assert.Equal((ExitCodes.Done, ""), (code, error));
        if (!arguments.Contains("--json"))
            Assert.All(output.Split('\n'), line => Assert.InRange(line.Length, 0, Columns));
        return output;
    }

    private async Task<JsonElement> JsonAsync(params string[] arguments) =>
        JsonDocument.Parse(await PrintAsync([.. arguments, "--json"])).RootElement;

    private static async Task<string> FailAsync(int expected, params string[] arguments)
    {
        var (code, output, error) = await Shell.RunAsync(["fleet", .. arguments]);
        Assert.Equal((expected, ""), (code, output));
        return Assert.Single(error.Trim().Split('\n'));
    }

    private static FleetDevice Device(string id, Action<FleetDevice> change)
    {
        var device = new FleetDevice
        {
            Id = id,
            Pool = "3f2a90c1",
            Device = new() { Name = "A [GPU]", Uuid = "GPU-" + id },
            State = DeviceState.InService,
            Health = DeviceHealth.Good,
            Attached = true,
            FirstSeen = "2026-01-01T00:00:00Z",
            LastSeen = "2026-01-02T03:04:05Z",
        };
        change(device);
        return device;
    }
}
