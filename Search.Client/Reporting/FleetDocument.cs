using FasterSeg.Profiler.Client.Mapping;
using FasterSeg.Protos.Fleet.V1;
using Proto = FasterSeg.Protos.Profiler.V1;

namespace FasterSeg.Search.Client.Reporting;

/// <summary>What <c>fasterseg fleet --json</c> prints of devices, pools and jobs.</summary>
internal static class FleetDocument
{
    /// <summary>A device.</summary>
    public static object Of(FleetDevice device) =>
        new
        {
            device.Id,
            device.Pool,
            Device = device.Device?.Name,
            Uuid = device.Device?.Uuid,
            State = FleetWords.Of(device.State),
            Health = FleetWords.Of(device.Health),
            Reason = NullIfEmpty(device.Reason),
            device.Attached,
            device.FirstSeen,
            device.LastSeen,
            device.Leased,
            device.Reference,
            Factor = device.Factor > 0 ? device.Factor : (double?)null,
        };

    /// <summary>A pool.</summary>
    public static object Of(Pool pool) =>
        new
        {
            pool.Id,
            pool.Name,
            Device = pool.Kind?.DeviceName,
            Provider = ContractNames.NameOf(pool.Kind?.Provider ?? default),
            Precision = ContractNames.NameOf(pool.Kind?.Precision ?? default),
            Reference = NullIfEmpty(pool.Reference),
            pool.Devices,
            pool.Ready,
            pool.WaitingItems,
        };

    /// <summary>A job.</summary>
    public static object Of(QueuedJob queued)
    {
        Proto.Job job = queued.Job ?? new();
        return new
        {
            job.Id,
            queued.Pool,
            queued.Owner,
            queued.Priority,
            Space = FleetWords.SpaceOf(job),
            job.Done,
            job.Total,
            queued.Waiting,
            queued.Leased,
            job.Created,
            job.Yours,
        };
    }

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
