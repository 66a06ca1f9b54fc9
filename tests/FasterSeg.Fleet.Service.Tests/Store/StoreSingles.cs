using FasterSeg.Fleet.Service.Store;

namespace FasterSeg.Fleet.Service.Tests.Store;

/// <summary>One at a time of what the fleet asks its store for in groups.</summary>
internal static class StoreSingles
{
    /// <summary>Leases waiting items of a running job to a device; null where none waits.</summary>
    public static async Task<Lease?> TakeAsync(
        this IFleetStore store,
        string job,
        string device,
        int most,
        CancellationToken cancellation
    ) => (await store.TakeAsync([new(job, device, most)], cancellation))[0];

    /// <summary>Keeps what a stint told of its device.</summary>
    public static Task AddStintAsync(this IFleetStore store, StintRow stint, CancellationToken cancellation) =>
        store.AddStintsAsync([stint], cancellation);

    /// <summary>What the devices of a pool measured in one way to be compared, by device and key.</summary>
    public static async Task<IReadOnlyList<CalibrationRow>> CalibrationsAsync(
        this IFleetStore store,
        string pool,
        string way,
        CancellationToken cancellation
    )
    {
        string[] devices = [.. (await store.DevicesAsync(pool, cancellation)).Select(device => device.Id)];
        return
        [
            .. (await store.CalibrationsOfAsync(devices, way, cancellation))
                .OrderBy(row => row.Device, StringComparer.Ordinal)
                .ThenBy(row => row.Key, StringComparer.Ordinal),
        ];
    }
}
