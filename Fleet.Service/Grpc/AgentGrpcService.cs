using FasterSeg.Fleet.Service.Devices;
using FasterSeg.Fleet.Service.Grains;
using FasterSeg.Fleet.Service.Store;
using FasterSeg.Fleet.Service.Tables;
using FasterSeg.Profiler.Service;
using FasterSeg.Profiler.Service.Grpc;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Protos.Fleet.V1;
using Grpc.Core;

namespace FasterSeg.Fleet.Service.Grpc;

/// <summary>Devices' calls.</summary>
internal sealed class AgentGrpcService(
    SessionParts parts,
    DeviceSessions sessions,
    IHostApplicationLifetime lifetime,
    ILogger<AgentGrpcService> logger
) : AgentService.AgentServiceBase
{
    private const int LongestName = 64;

    /// <inheritdoc/>
    public override async Task Attach(
        IAsyncStreamReader<AgentMessage> requestStream,
        IServerStreamWriter<FleetMessage> responseStream,
        ServerCallContext context
    )
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
        if (!await requestStream.MoveNext(end.Token) || requestStream.Current.Hello is not { } hello)
            throw RequestFaults.Refusal("hello", "A device's first message is its hello.");
        DeviceRow device = await JoinAsync(hello, end.Token);
        if (device.Aside is { } aside)
            logger.LogWarning("Device {Device} is set aside: {Reason}", device.Id, aside);
        var session = new DeviceSession(device, hello, parts, logger);
        sessions.Add(session);
        try
        {
            logger.LogInformation("Device {Device} ({Name}) is there", device.Id, LogText.Of(hello.Device.Name));
            await responseStream.WriteAsync(
                new()
                {
                    Welcome = new()
                    {
                        DeviceId = device.Id,
                        Pool = device.Pool,
                        SignSeconds = parts.Rules.SignEvery.TotalSeconds,
                        Leases = { await session.AdoptAsync(hello.Leases) },
                    },
                },
                end.Token
            );
            Task writing = WriteAsync(session, responseStream, end.Token),
                working = session.WorkAsync(end.Token),
                reading = ReadAsync(session, requestStream, end.Token);
            await await Task.WhenAny(writing, reading);
            await end.CancelAsync();
            await Task.WhenAll(Quietly(working), Quietly(reading), Quietly(writing));
        }
        catch (Exception fault) when (fault is OperationCanceledException or IOException)
        {
            // The device left, or its network did: it calls again.
        }
        finally
        {
            await sessions.RemoveAsync(session);
            logger.LogInformation("The call of device {Device} has ended", device.Id);
        }
    }

    private async Task<DeviceRow> JoinAsync(Hello hello, CancellationToken cancellation)
    {
        string protocol = new MeasurementSettings().Protocol.Split(' ')[0];
        if (hello.Protocol != protocol)
            throw Refusal(
                $"The device measures by the protocol '{LogText.Of(hello.Protocol)}' and this fleet by '{protocol}', so their numbers are "
                    + "not comparable: run one version of both."
            );
        string name = hello.Name.Trim();
        if (name.Length is 0 or > LongestName || name.Any(each => !char.IsAsciiLetterOrDigit(each) && !"-._".Contains(each)))
            throw RequestFaults.Refusal(
                "name",
                $"'{StatusText.Shortened(name, StatusText.LongestName)}' is no name for a device: use 1 to {LongestName} letters, digits, "
                    + "dots, dashes and underscores (--join-as)."
            );
        if (HelloFaults.Of(hello) is { } fault)
            throw RequestFaults.Refusal("device", fault);
        if (await IsTakenAsync(name, hello.Program))
            throw new RpcException(
                new Status(
                    StatusCode.AlreadyExists,
                    $"Another profiler is '{name}' of this fleet at present: give this one a name of its own with --join-as. Where it is "
                        + "the same one, started anew, it joins as soon as its older call has ended."
                )
            );
        FasterSeg.Latency.Tables.TableIdentity kind = DeviceHello.KindOf(hello);
        string pool = (await parts.Lookups.PoolOfAsync(kind)).Id,
            said = DeviceHello.Write(hello);
        if (await parts.Lookups.DeviceAsync(name) is { } known && known.IsAs(pool, hello.Device.Uuid, said, parts.Time.GetUtcNow()))
            return known;
        return await ThroughDoorAsync(() => parts.Store.JoinAsync(name, pool, hello.Device.Uuid, said, cancellation), cancellation)
            ?? throw Refusal($"The name '{name}' belongs to another device of this fleet: join under another one with --join-as.");
    }

    private async Task<bool> IsTakenAsync(string name, string program)
    {
        try
        {
            return await parts.Grains.GetGrain<IDevice>(name).IsTakenAsync(program);
        }
        catch (Exception fault) when (fault is OrleansException or TimeoutException)
        {
            // The node that knows has just died, and its call with it.
            return false;
        }
    }

    private async Task<T> ThroughDoorAsync<T>(Func<Task<T>> work, CancellationToken cancellation)
    {
        await sessions.Door.WaitAsync(cancellation);
        try
        {
            return await work();
        }
        finally
        {
            sessions.Door.Release();
        }
    }

    private static async Task ReadAsync(DeviceSession session, IAsyncStreamReader<AgentMessage> stream, CancellationToken cancellation)
    {
        await foreach (AgentMessage message in stream.ReadAllAsync(cancellation))
            await session.HandleAsync(message);
    }

    private static async Task WriteAsync(DeviceSession session, IServerStreamWriter<FleetMessage> stream, CancellationToken cancellation)
    {
        await foreach (FleetMessage message in session.Outgoing.ReadAllAsync(cancellation))
            await stream.WriteAsync(message, cancellation);
    }

    private static async Task Quietly(Task task)
    {
        try
        {
            await task;
        }
        catch (Exception fault) when (fault is OperationCanceledException or IOException or RpcException or InvalidOperationException)
        {
            // The call is over.
        }
    }

    private static RpcException Refusal(string sentence) => new(new Status(StatusCode.FailedPrecondition, sentence));
}
