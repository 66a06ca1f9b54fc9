using FasterSeg.Fleet.Service.Store;

namespace FasterSeg.Fleet.Service.Grpc;

/// <summary>Whether the devices that measured a job were loaded ones, which their stints tell.</summary>
internal sealed class JobLoads(IFleetStore store, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50),
        Patience = TimeSpan.FromSeconds(5);

    /// <summary>Why the whole of a job is of loaded devices, as the end of a sentence: more than half of its items are of such stints. Null
    /// where it is not.</summary>
    /// <param name="job">The job's id; all of its items have entries.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<string?> ReasonAsync(string job, CancellationToken cancellation)
    {
        // A failure is no latency that a load could have touched.
        ItemRow[] items = [.. (await store.ItemsAsync(job, cancellation: cancellation)).Where(item => item.ToEntry().Failure is null)];
        HashSet<long> leases = [.. items.Select(item => item.Token).OfType<long>()];
        IReadOnlyList<StintRow> stints = await store.StintsAsync(job, cancellation);
        // A stint ends behind its last result; that of a device that died meanwhile never does.
        for (long start = time.GetTimestamp(); time.GetElapsedTime(start) < Patience; )
        {
            if (leases.IsSubsetOf(stints.Select(stint => stint.Token)))
                break;
            await Task.Delay(Pause, time, cancellation);
            stints = await store.StintsAsync(job, cancellation);
        }
        Dictionary<long, string> loaded = stints
            .Where(stint => stint.Loaded is not null)
            .DistinctBy(stint => stint.Token)
            .ToDictionary(stint => stint.Token, stint => stint.Loaded!);
        string[] reasons =
        [
            .. items.Where(item => item.Token is { } of && loaded.ContainsKey(of)).Select(item => loaded[item.Token!.Value]),
        ];
        return 2 * reasons.Length > items.Length ? reasons[^1] : null;
    }
}
