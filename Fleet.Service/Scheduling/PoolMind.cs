using FasterSeg.Fleet.Service.Merging;
using FasterSeg.Fleet.Service.Store;
using FasterSeg.Profiler.Service;

namespace FasterSeg.Fleet.Service.Scheduling;

/// <summary>
/// Hands a pool's work out. It remembers whose turn it is, who was heard of when, and little else; another one that takes its place learns
/// that anew, and two at a time do no harm: what they hand out, the store has given to one device only. One thing at a time is
/// done; what many devices ask is done for some of them together.
/// </summary>
/// <param name="id">The pool's id.</param>
/// <param name="store">What has happened.</param>
/// <param name="rules">Sizes and terms.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Told of what lapses.</param>
internal sealed partial class PoolMind(string id, IFleetStore store, SchedulingRules rules, TimeProvider time, ILogger logger) : IDisposable
{
    // Asked for together at most.
    private const int MostTogether = 64;

    // A larger pool is counted anew each second only.
    private const int Few = 100;

    // A call of a grain is given up after 6 s (Silo). What is taken for one of those goes to nobody, and who asked asks again: the busier,
    // the less would be done.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2),
        Counting = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim gate = new(1, 1);
    private readonly ClientTurns turns = new();
    private readonly LeaseTerms terms = new(rules.Term, rules.Grace);
    private readonly CardCalibrations calibrations = new(store, time, logger);
    private readonly Dictionary<string, DateTimeOffset> asked = [];
    private readonly Dictionary<string, JobLoad> loads = [];

    // When each device asked last, also where there was nothing for it; and why there was nothing of a job for it.
    private readonly Dictionary<string, DateTimeOffset> heard = [];
    private readonly Dictionary<(string Job, string Device), Standing> hindered = [];
    private readonly Signal changed = new();
    private DateTimeOffset read = DateTimeOffset.MinValue,
        swept = DateTimeOffset.MinValue;
    private long calibration;
    private bool cardsWait;
    private Task reading = Task.CompletedTask;
    private long readings;
    private (int Devices, DateTimeOffset At) counted;
    private Grouped<string, StintOffer?>? takes;
    private Grouped<StintRow, bool>? ends;

    // By the store: a mind that begins anew has heard of nobody, and must not give all to the first who asks.
    private IReadOnlyList<string> seen = [];

    /// <summary>Ends when there may be something new to be handed out.</summary>
    public Task Changed => changed.Next;

    /// <summary>Devices that asked for work lately, or have some.</summary>
    public int Ready => Present.Count();

    private IEnumerable<string> Present =>
        asked.Where(each => time.GetUtcNow() - each.Value < rules.Lately).Select(each => each.Key).Union(terms.Devices);

    /// <summary>What a device is to do next; null where there is nothing for it now, or too many ask.</summary>
    public Task<StintOffer?> TakeAsync(string device) =>
        LazyInitializer
            .EnsureInitialized(ref takes, () => new(asking => GuardAsync(() => TakeAsync(asking)), MostTogether, Longest, time))
            .AskAsync(device);

    /// <summary>Something of a job changed: it is new, or has ended.</summary>
    public void Look()
    {
        read = DateTimeOffset.MinValue;
        changed.Raise();
    }

    /// <summary>Why nobody measures for a job, as the end of a sentence; null where somebody does, or may.</summary>
    public Task<string?> PausedAsync(string job) =>
        GuardAsync(async () =>
        {
            DateTimeOffset now = time.GetUtcNow();
            string[] there = [.. heard.Where(each => now - each.Value < rules.Lately).Select(each => each.Key).Union(terms.Devices)];
            if (there.Length == 0)
                return PauseReasons.NobodyIsThere;
            if (terms.OfJob(job).Count > 0 || there.Any(device => !hindered.ContainsKey((job, device))))
                return null;
            string reference = (await store.PoolAsync(id))?.Reference ?? "";
            string[] waiting = [.. there.Where(device => hindered[(job, device)] is Standing.Waits).Order(StringComparer.Ordinal)];
            string[] resting =
            [
                .. there
                    .Where(device => hindered[(job, device)] is Standing.Refused refused && CardReasons.IsOfLoad(refused.Reason))
                    .Order(StringComparer.Ordinal),
            ];
            return waiting.Length > 0 ? PauseReasons.ReferenceIsAway(waiting, reference)
                : resting.Length > 0 ? PauseReasons.NotCompared(resting, reference)
                : there.Any(device => hindered[(job, device)] is Standing.Refused) ? PauseReasons.NobodyAgrees(reference)
                : PauseReasons.NobodyShall;
        });

    /// <summary>The leases of a job.</summary>
    public IReadOnlyList<Lease> LeasesOf(string job) => terms.OfJob(job);

    /// <summary>Signs of life of devices, with the leases that their calls know. What a device has without knowing it is given
    /// back.</summary>
    public async Task SignAsync(IReadOnlyList<DeviceSign> signs)
    {
        DateTimeOffset now = time.GetUtcNow();
        foreach (DeviceSign sign in signs)
        {
            terms.Renew(sign.Leases, now);
            foreach (long lost in terms.Lost(sign.Device, sign.Leases, now, rules.Answer))
            {
                terms.End(lost);
                if (await store.ReleaseAsync(lost) > 0)
                    Look();
            }
        }
    }

    /// <summary>A device's call broke.</summary>
    public void Gone(string device)
    {
        asked.Remove(device);
        heard.Remove(device);
        terms.Shorten(device, time.GetUtcNow());
    }

    /// <summary>Results of a lease were kept: a sign of life, and news for those who wait for the reference's.</summary>
    public void Kept(long token)
    {
        terms.Renew([token], time.GetUtcNow());
        if (!cardsWait)
            return;
        cardsWait = false;
        changed.Raise();
    }

    /// <summary>A stint of a job has ended: what it has no result for goes back.</summary>
    /// <param name="token">The lease.</param>
    /// <param name="device">The device.</param>
    /// <param name="job">The job.</param>
    /// <param name="sentinelMs">The sentinel's readings, ms.</param>
    /// <param name="loaded">Why the device was a loaded one; null where it was not.</param>
    /// <returns>Whether the job may be at its end.</returns>
    public Task<bool> EndAsync(long token, string device, string job, IReadOnlyList<double> sentinelMs, string? loaded) =>
        LazyInitializer
            .EnsureInitialized(ref ends, () => new(ended => GuardAsync(() => EndAsync(ended)), MostTogether, longest: null, time))
            .AskAsync(new(job, device, token, sentinelMs, loaded));

    /// <summary>A card has measured what it is compared on.</summary>
    public Task CompareAsync(string device, string settings, IReadOnlyList<(string Key, string Entry)> entries, string? loaded) =>
        GuardAsync(async () =>
        {
            await calibrations.AddAsync(await PoolAsync(), device, Way.Of(Way.Read(settings)), entries, loaded);
            changed.Raise();
            return true;
        });

    /// <summary>What is due from time to time: leases lapse, and those that nobody here knows are found.</summary>
    /// <returns>The leases that lapsed, and whose they were; jobs of which nothing is left to be measured.</returns>
    public Task<(IReadOnlyList<Lease> Lapsed, IReadOnlyList<string> Ended)> SweepAsync() =>
        GuardAsync(async () =>
        {
            DateTimeOffset now = time.GetUtcNow();
            if (now - swept >= rules.Sweep)
            {
                swept = now;
                foreach (Lease lease in await store.LeasesAsync(id))
                    terms.Begin(lease, now);
            }
            IReadOnlyList<Lease> lapsed = terms.Lapse(now);
            foreach (Lease lease in lapsed)
            {
                int back = await store.ReleaseAsync(lease.Token);
                if (back > 0)
                    logger.LogWarning("Device {Device} gave no sign of life: {Count} items go to others", lease.Device, back);
            }
            if (lapsed.Count > 0)
                Look();
            await ReadAsync(now);
            IReadOnlyList<string> ended = [.. loads.Values.Where(load => load is { Waiting: 0, Leased: 0 }).Select(load => load.Row.Id)];
            return (lapsed, ended);
        });

    /// <inheritdoc/>
    public void Dispose() => gate.Dispose();

    private async Task<IReadOnlyList<bool>> EndAsync(IReadOnlyList<StintRow> stints)
    {
        int back = 0;
        foreach (StintRow stint in stints)
            terms.End(stint.Token);
        foreach (long held in await store.HeldAsync([.. stints.Select(stint => stint.Token)]))
            back += await store.ReleaseAsync(held);
        await store.AddStintsAsync(stints);
        StintRow[] quiet = [.. stints.Where(stint => stint is { Loaded: null, SentinelMs.Count: > 0 })];
        if (quiet.Length > 0 && await PoolAsync() is { } pool)
        {
            ILookup<string, VerdictRow> verdicts = (await store.VerdictsOfAsync([.. quiet.Select(stint => stint.Device)])).ToLookup(each =>
                each.Device
            );
            foreach (StintRow stint in quiet)
            {
                if ((loads.GetValueOrDefault(stint.Job)?.Row ?? await store.JobAsync(stint.Job)) is { } job)
                    await calibrations.HoldsAsync(pool, stint.Device, job, stint.SentinelMs, verdicts[stint.Device]);
            }
        }
        if (back > 0)
            Look();
        return [.. stints.Select(stint => !loads.TryGetValue(stint.Job, out JobLoad? load) || load.Waiting == 0)];
    }

    /// <summary>The pool; the first device that asks becomes its reference.</summary>
    private async Task<PoolRow?> PoolAsync(string? asking = null)
    {
        PoolRow? pool = await store.PoolAsync(id);
        if (pool is { Reference: null } && asking is not null)
            pool = pool with { Reference = await store.SetReferenceAsync(id, asking, expected: null) };
        return pool;
    }

    /// <summary>Reads jobs where that was done too long ago; who comes meanwhile waits for the same.</summary>
    private Task ReadAsync(DateTimeOffset now)
    {
        if (now - read < rules.Reading)
            return reading;
        read = now;
        return reading = ReadNowAsync(now, ++readings);
    }

    private async Task ReadNowAsync(DateTimeOffset now, long mine)
    {
        try
        {
            IReadOnlyList<JobLoad> running = await store.RunningAsync(id);
            IReadOnlyList<string> present = running.Count > 0 ? await store.PresentAsync(id, now - rules.Lately) : seen;
            if (mine != readings)
                return;
            loads.Clear();
            foreach (JobLoad load in running)
                loads.Add(load.Row.Id, load);
            foreach ((string Job, string Device) gone in hindered.Keys.Where(each => !loads.ContainsKey(each.Job)).ToArray())
                hindered.Remove(gone);
            seen = present;
        }
        catch
        {
            if (mine == readings)
                read = DateTimeOffset.MinValue;
            throw;
        }
    }

    private async Task<T> GuardAsync<T>(Func<Task<T>> work)
    {
        await gate.WaitAsync();
        try
        {
            return await work();
        }
        finally
        {
            gate.Release();
        }
    }
}
