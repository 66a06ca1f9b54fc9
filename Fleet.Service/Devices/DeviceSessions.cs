using System.Collections.Concurrent;
using FasterSeg.Fleet.Service.Grains;
using FasterSeg.Fleet.Service.Store;

namespace FasterSeg.Fleet.Service.Devices;

/// <summary>
/// The calls of devices that this node has. From time to time it tells pools whose leases are alive, in one message for all of them; the
/// store, when devices were seen last; and the cluster, where their calls are.
/// </summary>
internal sealed class DeviceSessions(IFleetStore store, IGrainFactory grains, TimeProvider time, ILogger<DeviceSessions> logger)
    : BackgroundService
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(2);
    private const int TicksOfSeen = 5,
        TicksOfAnnouncement = 15;

    private sealed record Known(DeviceSession Session, IDeviceSession Self);

    private readonly ConcurrentDictionary<string, Known> sessions = new();

    /// <summary>Calls that stand.</summary>
    public int Count => sessions.Count;

    /// <summary>A device's call.</summary>
    public async Task AddAsync(DeviceSession session)
    {
        IDeviceSession self = grains.CreateObjectReference<IDeviceSession>(session);
        sessions[session.Id] = new(session, self);
        await session.AnnounceAsync(self);
    }

    /// <summary>A call has ended.</summary>
    public async Task RemoveAsync(DeviceSession session)
    {
        sessions.TryRemove(session.Id, out _);
        session.Close();
        try
        {
            await grains.GetGrain<IPool>(session.Pool).GoneAsync(session.Device);
            await grains.GetGrain<IDevice>(session.Device).DetachAsync(session.Id);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // Its leases lapse for want of signs.
            logger.LogWarning("The end of the call of device {Device} could not be told: {Reason}", session.Device, fault.Message);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        DateTimeOffset told = time.GetUtcNow();
        using var timer = new PeriodicTimer(Tick, time);
        for (int tick = 1; await timer.WaitForNextTickAsync(stoppingToken); tick++)
        {
            DateTimeOffset now = time.GetUtcNow();
            try
            {
                foreach (var pool in sessions.Values.Where(each => each.Session.LastHeard >= told).ToLookup(each => each.Session.Pool))
                    await grains.GetGrain<IPool>(pool.Key).SignAsync([.. pool.SelectMany(each => each.Session.Leases)]);
                told = now;
                if (tick % TicksOfSeen == 0 && !sessions.IsEmpty)
                    await store.SeenAsync([.. sessions.Values.Select(each => each.Session.Device)], stoppingToken);
                // Spread over the ticks: an announcement of all at once is a burst.
                foreach (Known each in sessions.Values.Where(each => OrdinalOf(each) % TicksOfAnnouncement == tick % TicksOfAnnouncement))
                    await each.Session.AnnounceAsync(each.Self);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                logger.LogWarning("Signs of life cannot be told at present: {Reason}", fault.Message);
            }
        }
    }

    private static int OrdinalOf(Known known) => known.Session.Id[0] + known.Session.Id[1];
}
