using FasterSeg.Fleet.Service.Store;
using FasterSeg.Profiler.Service.Store;

namespace FasterSeg.Fleet.Service.Tests.Chaos;

/// <summary>Looks at the store while a job runs: how many items it has for good, and how long nothing came.</summary>
internal sealed class CommitWatch(IFleetStore store)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private readonly List<string> timeline = [];
    private volatile int kept;
    private volatile bool isOver;
    private string? job;
    private int looks;

    /// <summary>The database is away: nothing can come.</summary>
    public bool IsAway { get; set; }

    /// <summary>What is being done to the fleet.</summary>
    public string What { get; set; } = "nothing";

    /// <summary>When there were how many, s of the machine's clock.</summary>
    public string Timeline => string.Join("; ", timeline);

    /// <summary>What was done when the longest gap was.</summary>
    public string WhatGap { get; private set; } = "";

    /// <summary>The longest time between two commits, the database being there; counted in looks, each of which is late on a busy machine
    /// as the fleet is.</summary>
    public TimeSpan LongestGap { get; private set; }

    /// <summary>Watches until <see cref="End"/>.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!isOver)
        {
            await Task.Delay(Look, cancellation);
            if (IsAway)
            {
                looks = 0;
                continue;
            }
            int now;
            try
            {
                now = await CountAsync();
            }
            catch (StoreUnavailableException)
            {
                looks = 0;
                continue;
            }
            // The first result takes as long as an item does.
            if (now == 0)
                continue;
            if (now != kept)
                timeline.Add($"{Environment.TickCount64 % 1000000 / 1000.0:F1} {now} {What}");
            looks = now == kept ? looks + 1 : 0;
            if (looks * Look > LongestGap)
                (LongestGap, WhatGap) = (looks * Look, What);
            kept = now;
        }
    }

    /// <summary>Waits until so many more items are there, or all are.</summary>
    public async Task AfterAsync(int items, CancellationToken cancellation)
    {
        int goal = kept + items;
        while (kept < goal && !isOver && await IsRunningAsync())
            await Task.Delay(Look, cancellation);
    }

    /// <summary>Ends the watching.</summary>
    public void End() => isOver = true;

    /// <summary>Items that have their entry.</summary>
    public async Task<int> KeptAsync() => (await store.ItemsAsync(job!)).Count(item => item.Entry is not null);

    private async Task<int> CountAsync()
    {
        if (job is null)
        {
            foreach (PoolRow pool in await store.PoolsAsync())
                job ??= (await store.JobsAsync(pool.Id, behind: null, most: 1)) is [var newest, ..] ? newest.Id : null;
            if (job is null)
                return 0;
        }
        return (await store.LoadAsync(job))?.Done ?? 0;
    }

    private async Task<bool> IsRunningAsync()
    {
        try
        {
            return job is null || (await store.LoadAsync(job))?.Row.State == FleetJobState.Running;
        }
        catch (StoreUnavailableException)
        {
            return true;
        }
    }
}
