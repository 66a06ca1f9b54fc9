using FasterSeg.Fleet.Service.Store;
using FasterSeg.Profiler.Service.Store;

namespace FasterSeg.Fleet.Service.Tests.Chaos;

/// <summary>Looks at the store while a job runs: how many items it has for good, and how long nothing came.</summary>
/// <param name="store">Where the items are.</param>
/// <param name="processes">Those that do the work: the living nodes' and the devices'.</param>
internal sealed class CommitWatch(IFleetStore store, Func<IEnumerable<int>> processes)
{
    private const double MostStood = 0.9;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private readonly List<string> timeline = [];
    private volatile int kept;
    private volatile bool isOver;
    private string? job;
    private TimeSpan gap;

    /// <summary>The database is away: nothing can come.</summary>
    public bool IsAway { get; set; }

    /// <summary>What is being done to the fleet.</summary>
    public string What { get; set; } = "nothing";

    /// <summary>When there were how many, s of the machine's clock.</summary>
    public string Timeline => string.Join("; ", timeline);

    /// <summary>What was done when the longest gap was.</summary>
    public string WhatGap { get; private set; } = "";

    /// <summary>
    /// The longest time between two commits, the database being there; without the share of it that the fleet stood in line for a
    /// processor, which a busy host makes as long as it likes. A tenth counts anyhow: a standstill of 100 s is one on any host.
    /// </summary>
    public TimeSpan LongestGap { get; private set; }

    /// <summary>Watches until <see cref="End"/>.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var queue = new ProcessorQueue();
        while (!isOver)
        {
            await Task.Delay(Look, cancellation);
            double stood = Math.Min(MostStood, queue.Share(processes()));
            if (IsAway)
            {
                gap = TimeSpan.Zero;
                continue;
            }
            int now;
            try
            {
                now = await CountAsync();
            }
            catch (StoreUnavailableException)
            {
                gap = TimeSpan.Zero;
                continue;
            }
            // The first result takes as long as an item does.
            if (now == 0)
                continue;
            if (now != kept)
                timeline.Add($"{Environment.TickCount64 % 1000000 / 1000.0:F1} {now} {What}");
            gap = now == kept ? gap + (Look * (1 - stood)) : TimeSpan.Zero;
            if (gap > LongestGap)
                (LongestGap, WhatGap) = (gap, What);
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
