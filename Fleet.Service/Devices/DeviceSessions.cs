using System.Collections.Concurrent;
using FasterSeg.Fleet.Service.Grains;
using FasterSeg.Fleet.Service.Scheduling;
using FasterSeg.Fleet.Service.Store;

namespace FasterSeg.Fleet.Service.Devices;

/// <summary>
/// The calls of devices that this node has. From time to time it tells pools whose leases are alive, in one message for all of them; the
/// store, when devices were seen last; and the cluster, where their calls are.
/// </summary>
internal sealed class DeviceSessions(IFleetStore store, IGrainFactory grains, TimeProvider time, ILogger<DeviceSessions> logger)
    : BackgroundService
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);
    private const int TicksOfSeen = 20,
        TicksOfAnnouncement = 30,
        Announcements = 20,
        JoinsAtATime = 8;

    private sealed record Known(DeviceSession Session, IDeviceSession Self);

    private readonly ConcurrentDictionary<string, Known> sessions = new();

    /// <summary>Through it go devices that join, some at a time: all of a dead node's come at once, and what the store is asked for them
    /// must not keep the work and the cluster's own waiting.</summary>
    public SemaphoreSlim Door { get; } = new(JoinsAtATime, JoinsAtATime);

    /// <summary>A device's call. Where the cluster learns of it later, because a node that has just died knew the device, its results are
    /// kept all the same.</summary>
    public void Add(DeviceSession session)
    {
        var known = new Known(session, grains.CreateObjectReference<IDeviceSession>(session));
        sessions[session.Id] = known;
        _ = AnnounceAsync(known);
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
    public override void Dispose()
    {
        Door.Dispose();
        base.Dispose();
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
                foreach (
                    var pool in sessions
                        .Values.Where(each => each.Session.HasAdopted && each.Session.LastHeard >= told)
                        .ToLookup(each => each.Session.Pool)
                )
                    await grains
                        .GetGrain<IPool>(pool.Key)
                        .SignAsync([.. pool.Select(each => new DeviceSign(each.Session.Device, each.Session.Leases))]);
                told = now;
                if (tick % TicksOfSeen == 0 && !sessions.IsEmpty)
                    await store.SeenAsync([.. sessions.Values.Select(each => each.Session.Device)], stoppingToken);
                // Spread over the ticks: an announcement of all at once is a burst.
                foreach (Known each in sessions.Values.Where(each => OrdinalOf(each) % TicksOfAnnouncement == tick % TicksOfAnnouncement))
                    _ = AnnounceAsync(each);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                logger.LogWarning("Signs of life cannot be told at present: {Reason}", fault.Message);
            }
        }
    }

    private async Task AnnounceAsync(Known known)
    {
        // Where a node has just died, until the others know it.
        for (int left = Announcements; left > 0 && sessions.ContainsKey(known.Session.Id); left--)
        {
            try
            {
                await known.Session.AnnounceAsync(known.Self);
                return;
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                await Task.Delay(Tick, time);
            }
        }
    }

    private static int OrdinalOf(Known known) => known.Session.Id[0] + known.Session.Id[1];
}
