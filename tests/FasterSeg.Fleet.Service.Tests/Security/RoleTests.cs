using FasterSeg.Fleet.Service.Tests.Hosting;
using FasterSeg.Protos.Fleet.V1;
using FasterSeg.Protos.Profiler.V1;
using FasterSeg.Tests;
using Grpc.Core;
using Grpc.Health.V1;
using static FasterSeg.Protos.Fleet.V1.AgentService;
using static FasterSeg.Protos.Fleet.V1.ChainService;
using static FasterSeg.Protos.Fleet.V1.FleetService;
using static FasterSeg.Protos.Fleet.V1.SweepService;
using static FasterSeg.Protos.Profiler.V1.LatencyTableService;
using static FasterSeg.Protos.Profiler.V1.ProfilerService;

namespace FasterSeg.Fleet.Service.Tests.Security;

/// <summary>Each key opens what its role may, and nothing else.</summary>
public sealed class RoleTests
{
    private const string DevicesOnly = "A device's key lets a device join this fleet, or an agent take chains, and nothing else.";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_a_key_and_with_a_wrong_one_nothing_is_answered()
    {
        using KeyRing keys = Ring();
        await using TestFleet fleet = await TestFleet.StartAsync(configure: keys.Ask);
        foreach (Func<Metadata, Task> call in Calls(fleet))
        {
            await RefusedAsync(() => call([]), StatusCode.Unauthenticated, "This fleet asks for an access key.");
            await RefusedAsync(() => call(KeyRing.Bearing("wrong")), StatusCode.Unauthenticated, "The access key is not known here.");
        }
        await RefusedAsync(() => AttachAsync(fleet, []), StatusCode.Unauthenticated, "This fleet asks for an access key.");
        await RefusedAsync(
            () => AttachAsync(fleet, KeyRing.Bearing(keys["user"] + "x")),
            StatusCode.Unauthenticated,
            "The access key is not known here."
        );
        Assert.Empty(await fleet.Store.PoolsAsync(Cancellation));
        HealthCheckResponse health = await new Health.HealthClient(fleet.Channel).CheckAsync(new(), cancellationToken: Cancellation);
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, health.Status);
    }

    [Fact]
    public async Task A_devices_key_lets_it_join_and_ask_for_nothing()
    {
        using KeyRing keys = Ring();
        await using TestFleet fleet = await TestFleet.StartAsync(configure: keys.Ask);
        await fleet.AddAsync("card-0", new SimulatedCard(), key: keys["device"]);
        foreach (Func<Metadata, Task> call in Calls(fleet))
            await RefusedAsync(() => call(keys.Of("device")), StatusCode.PermissionDenied, DevicesOnly);
        // Routing takes a path in other letters for the same.
        await RefusedAsync(() => SpelledAsync(fleet, keys.Of("device"), upper: true), StatusCode.PermissionDenied, DevicesOnly);
        await RefusedAsync(() => SpelledAsync(fleet, keys.Of("device"), upper: false), StatusCode.PermissionDenied, DevicesOnly);
        Assert.Empty(await fleet.Store.JobsAsync(fleet.Devices[0].Welcome!.Pool, behind: null, most: 10, Cancellation));
    }

    [Theory]
    [InlineData("user")]
    [InlineData("operator")]
    public async Task Nobody_elses_key_lets_a_device_join(string owner)
    {
        using KeyRing keys = Ring();
        await using TestFleet fleet = await TestFleet.StartAsync(configure: keys.Ask);
        await using var device = new SimulatedDevice("card-0", new SimulatedCard(), [new(fleet.Address)], keys[owner]);
        device.Start();
        while (device.Fault is null && !device.IsAttached)
            await Task.Delay(10, Cancellation);
        Assert.Equal(StatusCode.PermissionDenied, device.Fault?.StatusCode);
        Assert.Equal("Devices join with a device's key: 'fasterseg-fleet new-key NAME device' makes one.", device.Fault?.Status.Detail);
        Assert.Empty(await fleet.Store.DevicesAsync(pool: null, Cancellation));
    }

    [Fact]
    public async Task An_operators_key_sets_a_device_and_a_users_does_not()
    {
        using KeyRing keys = Ring();
        await using TestFleet fleet = await TestFleet.StartAsync(configure: keys.Ask);
        await fleet.AddAsync("card-0", new SimulatedCard(), key: keys["device"]);
        var client = new FleetServiceClient(fleet.Channel);
        var drain = new SetDeviceRequest { Id = "card-0", State = DeviceState.Draining };
        await RefusedAsync(
            async () => await client.SetDeviceAsync(drain, keys.Of("user"), cancellationToken: Cancellation),
            StatusCode.PermissionDenied,
            "Devices are set by the owner of an operator's key."
        );
        ListDevicesResponse listed = await client.ListDevicesAsync(new(), keys.Of("user"), cancellationToken: Cancellation);
        Assert.Equal(DeviceState.InService, Assert.Single(listed.Devices).State);

        SetDeviceResponse set = await client.SetDeviceAsync(drain, keys.Of("operator"), cancellationToken: Cancellation);
        Assert.Equal(DeviceState.Draining, set.Device.State);
        await RefusedAsync(
            async () => await client.SetDeviceAsync(new() { Id = "card-9" }, keys.Of("operator"), cancellationToken: Cancellation),
            StatusCode.NotFound,
            "This fleet has no device 'card-9': 'fasterseg fleet devices' lists them."
        );
    }

    [Theory]
    [InlineData("user")]
    [InlineData("operator")]
    public async Task Chains_are_submitted_by_people_and_taken_with_a_devices_key(string owner)
    {
        using KeyRing keys = Ring();
        await using TestFleet fleet = await TestFleet.StartAsync(configure: keys.Ask);
        var sweeps = new SweepServiceClient(fleet.Channel);
        FleetSweep added = (await sweeps.AddSweepAsync(Sweep(), keys.Of(owner), cancellationToken: Cancellation)).Sweep;
        Assert.Equal((1, "key " + owner), (added.Waiting, added.Owner));
        foreach (Func<Metadata, Task> call in ChainCalls(fleet))
        {
            await RefusedAsync(() => call([]), StatusCode.Unauthenticated, "This fleet asks for an access key.");
            await RefusedAsync(
                () => call(keys.Of(owner)),
                StatusCode.PermissionDenied,
                "Agents take chains with a device's key: 'fasterseg-fleet new-key NAME device' makes one."
            );
        }
        var agent = new ChainServiceClient(fleet.Channel);
        TakeResponse taken = await agent.TakeAsync(Take(), keys.Of("device"), cancellationToken: Cancellation);
        Assert.Equal(("chain", "/lab/sweep"), (taken.Lease.Chain, taken.Lease.Place));
    }

    [Fact]
    public async Task A_sweep_is_withdrawn_and_opened_again_by_its_owner_or_an_operator()
    {
        using var keys = new KeyRing("user", "other", "device device", "operator operator");
        await using TestFleet fleet = await TestFleet.StartAsync(configure: keys.Ask);
        var sweeps = new SweepServiceClient(fleet.Channel);
        string id = (await sweeps.AddSweepAsync(Sweep(), keys.Of("user"), cancellationToken: Cancellation)).Sweep.Id;
        const string Theirs = "The sweep is somebody else's: its owner, or an operator, submits and withdraws it.";
        await RefusedAsync(
            async () => await sweeps.RemoveSweepAsync(new() { Id = id }, keys.Of("other"), cancellationToken: Cancellation),
            StatusCode.PermissionDenied,
            Theirs
        );
        await RefusedAsync(
            async () => await sweeps.AddSweepAsync(Sweep(), keys.Of("other"), cancellationToken: Cancellation),
            StatusCode.PermissionDenied,
            Theirs
        );
        RemoveSweepResponse removed = await sweeps.RemoveSweepAsync(
            new() { Id = id },
            keys.Of("operator"),
            cancellationToken: Cancellation
        );
        Assert.True(removed.Sweep.Withdrawn);
        Assert.False((await sweeps.AddSweepAsync(Sweep(), keys.Of("user"), cancellationToken: Cancellation)).Sweep.Withdrawn);
        await RefusedAsync(
            async () => await sweeps.ShowSweepAsync(new() { Id = "sweep-9" }, keys.Of("user"), cancellationToken: Cancellation),
            StatusCode.NotFound,
            "This fleet has no sweep 'sweep-9': 'fasterseg fleet sweeps' lists them."
        );
    }

    [Theory]
    [InlineData("", "/lab/sweep", "chain", "mark")]
    [InlineData("0G", "/lab/sweep", "chain", "mark")]
    [InlineData(null, "", "chain", "place")]
    [InlineData(null, "/lab/\u0007", "chain", "place")]
    [InlineData(null, "/lab/sweep", "", "chains")]
    [InlineData(null, "/lab/sweep", "../chain", "chains")]
    public async Task What_is_no_sweep_is_refused_by_the_field_that_is_wrong(string? mark, string place, string chain, string field)
    {
        await using TestFleet fleet = await TestFleet.StartAsync();
        AddSweepRequest request = Sweep();
        (request.Mark, request.Place, request.Chains[0].Name) = (mark ?? request.Mark, place, chain);
        RpcException refused = await Assert.ThrowsAsync<RpcException>(async () =>
            await new SweepServiceClient(fleet.Channel).AddSweepAsync(request, cancellationToken: Cancellation)
        );
        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        Google.Rpc.BadRequest details = refused.GetRpcStatus()!.GetDetail<Google.Rpc.BadRequest>()!;
        Assert.Equal(field, Assert.Single(details.FieldViolations).Field);
    }

    [Theory]
    [InlineData("/dashboard")]
    [InlineData("/orleans")]
    [InlineData("/")]
    public async Task There_is_no_dashboard_for_anybody(string path)
    {
        using KeyRing keys = Ring();
        await using TestFleet fleet = await TestFleet.StartAsync(configure: keys.Ask);
        using var client = new HttpClient();
        Assert.Equal("16", await StatusAsync(client, fleet, path, key: null));
        Assert.Equal("7", await StatusAsync(client, fleet, path, keys["device"]));
        Assert.Null(await StatusAsync(client, fleet, path, keys["operator"]));
    }

    private static KeyRing Ring() => new("user", "device device", "operator operator");

    private static IEnumerable<Func<Metadata, Task>> Calls(TestFleet fleet)
    {
        var profiler = new ProfilerServiceClient(fleet.Channel);
        var tables = new LatencyTableServiceClient(fleet.Channel);
        var lab = new FleetServiceClient(fleet.Channel);
        yield return async key => await profiler.GetDeviceAsync(new(), key);
        yield return async key => await profiler.BuildTable(new(), key).ResponseStream.MoveNext(Cancellation);
        yield return async key => await profiler.MeasureOperators(new(), key).ResponseStream.MoveNext(Cancellation);
        yield return async key => await profiler.MeasureModel(key);
        yield return async key => await profiler.ListJobsAsync(new(), key);
        yield return async key => await tables.ListTablesAsync(new(), key);
        yield return async key => await tables.GetTable(new() { Id = "any" }, key).ResponseStream.MoveNext(Cancellation);
        yield return async key => await lab.ListDevicesAsync(new(), key);
        yield return async key => await lab.SetDeviceAsync(new() { Id = "card-0" }, key);
        var sweeps = new SweepServiceClient(fleet.Channel);
        yield return async key => await sweeps.AddSweepAsync(Sweep(), key);
        yield return async key => await sweeps.ListSweepsAsync(new(), key);
        yield return async key => await sweeps.ShowSweepAsync(new() { Id = "any" }, key);
        yield return async key => await sweeps.RemoveSweepAsync(new() { Id = "any" }, key);
    }

    private static IEnumerable<Func<Metadata, Task>> ChainCalls(TestFleet fleet)
    {
        var chains = new ChainServiceClient(fleet.Channel);
        yield return async key => await chains.TakeAsync(Take(), key);
        yield return async key => await chains.RenewAsync(new(), key);
        yield return async key => await chains.ReportAsync(new() { Token = 1, State = ChainState.Done }, key);
        yield return async key => await chains.GiveBackAsync(new() { Token = 1 }, key);
    }

    private static TakeRequest Take() => new() { Agent = "box", Ask = "ask" };

    private static AddSweepRequest Sweep() =>
        new()
        {
            Place = "/lab/sweep",
            Mark = new string('a', 64),
            Chains = { new NewChain { Name = "chain" } },
        };

    private static async Task AttachAsync(TestFleet fleet, Metadata key)
    {
        using AsyncDuplexStreamingCall<AgentMessage, FleetMessage> call = new AgentServiceClient(fleet.Channel).Attach(key);
        await call.ResponseStream.MoveNext(Cancellation);
    }

    private static async Task SpelledAsync(TestFleet fleet, Metadata key, bool upper)
    {
        string service = ProfilerService.Descriptor.FullName;
        var method = new Method<GetDeviceRequest, GetDeviceResponse>(
            MethodType.Unary,
            upper ? service.ToUpperInvariant() : service.ToLowerInvariant(),
            upper ? "GETDEVICE" : "getdevice",
            Marshallers.Create(request => Google.Protobuf.MessageExtensions.ToByteArray(request), GetDeviceRequest.Parser.ParseFrom),
            Marshallers.Create(response => Google.Protobuf.MessageExtensions.ToByteArray(response), GetDeviceResponse.Parser.ParseFrom)
        );
        await fleet.Channel.CreateCallInvoker().AsyncUnaryCall(method, host: null, new CallOptions(key), new());
    }

    private static async Task<string?> StatusAsync(HttpClient client, TestFleet fleet, string path, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(new Uri(fleet.Address), path))
        {
            Version = new(2, 0),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        if (key is not null)
            request.Headers.Authorization = new("Bearer", key);
        using HttpResponseMessage response = await client.SendAsync(request, Cancellation);
        Assert.Equal("", await response.Content.ReadAsStringAsync(Cancellation));
        return response.Headers.TryGetValues("grpc-status", out IEnumerable<string>? status) ? status.Single()
            : response.TrailingHeaders.TryGetValues("grpc-status", out status) ? status.Single()
            : response.IsSuccessStatusCode ? "answered"
            : null;
    }

    private static async Task RefusedAsync(Func<Task> call, StatusCode status, string sentence) =>
        Assert.Equal((status, sentence), await ContractClients.RefusalAsync(call));
}
