using FasterSeg.Fleet.Service.Tests.Hosting;
using FasterSeg.Protos.Fleet.V1;
using FasterSeg.Protos.Profiler.V1;
using FasterSeg.Tests;
using Grpc.Core;
using Grpc.Health.V1;
using static FasterSeg.Protos.Fleet.V1.AgentService;
using static FasterSeg.Protos.Fleet.V1.FleetService;
using static FasterSeg.Protos.Profiler.V1.LatencyTableService;
using static FasterSeg.Protos.Profiler.V1.ProfilerService;

namespace FasterSeg.Fleet.Service.Tests.Security;

/// <summary>Each key opens what its role may, and nothing else.</summary>
public sealed class RoleTests
{
    private const string DevicesOnly = "A device's key lets a device join this fleet, and nothing else.";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_a_key_and_with_a_wrong_one_nothing_is_answered()
    {
        using KeyRing keys = Ring();
        await using TestFleet fleet = await TestFleet.StartAsync(configure: keys.Ask);
        foreach (Func<Metadata, Task> call in Calls(fleet))
        {
            await RefusedAsync(() => call([]), StatusCode.Unauthenticated, "It asks for an access key.");
            await RefusedAsync(() => call(KeyRing.Bearing("wrong")), StatusCode.Unauthenticated, "The access key is not known here.");
        }
        await RefusedAsync(() => AttachAsync(fleet, []), StatusCode.Unauthenticated, "It asks for an access key.");
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
    }

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
