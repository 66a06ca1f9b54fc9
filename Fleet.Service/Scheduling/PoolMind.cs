using FasterSeg.Fleet.Service.Store;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service;

namespace FasterSeg.Fleet.Service.Scheduling;

/// <summary>
/// Hands a pool's work out. It remembers whose turn it is, who was heard of when, and little else; another one that takes its place learns
/// that anew, and two at a time do no harm: what they hand out, the store has given to one device only. One call at a time goes through.
/// </summary>
/// <param name="id">The pool's id.</param>
/// <param name="store">What has happened.</param>
/// <param name="rules">Sizes and terms.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Told of what lapses.</param>
internal sealed class PoolMind(string id, IFleetStore store, SchedulingRules rules, TimeProvider time, ILogger logger) : IDisposable
{
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

    // By the store: a mind that begins anew has heard of nobody, and must not give all to the first who asks.
    private string[] seen = [];

    /// <summary>Ends when there may be something new to be handed out.</summary>
    public Task Changed => changed.Next;

    /// <summary>Devices that asked for work lately, or have some.</summary>
    public int Ready => Present.Count();

    private IEnumerable<string> Present =>
        asked.Where(each => time.GetUtcNow() - each.Value < rules.Lately).Select(each => each.Key).Union(terms.Devices);

    /// <summary>What a device is to do next; null where there is nothing for it now.</summary>
    public Task<StintOffer?> TakeAsync(string device) =>
        GuardAsync(async () =>
        {
            DateTimeOffset now = time.GetUtcNow();
            asked[device] = heard[device] = now;
            await ReadAsync(now);
            if (!loads.Values.Any(load => load.Waiting > 0))
                return null;
            if (
                await store.DeviceAsync(device) is not { Aside: null, Wish: DeviceWish.InService }
                || await PoolAsync(device) is not { } pool
            )
            {
                asked.Remove(device);
                foreach (string job in loads.Keys)
                    hindered[(job, device)] = new Standing.Excused();
                return null;
            }
            foreach ((string Job, string Device) past in hindered.Keys.Where(each => each.Device == device).ToArray())
                hindered.Remove(past);
            ILookup<string, JobLoad> waiting = loads.Values.Where(load => load.Waiting > 0).ToLookup(load => load.Row.Job.Owner);
            foreach (string client in turns.Order(waiting.Select(group => group.Key)))
            {
                foreach (JobLoad load in waiting[client].OrderByDescending(each => each.Row.Job.Priority).ThenBy(each => each.Row.Created))
                {
                    if (await OfferAsync(pool, device, load) is { } offer)
                        return offer;
                }
            }
            // Something waits, and nothing of it is for this one: it is no help now.
            asked.Remove(device);
            return null;
        });

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
            return waiting.Length > 0 ? PauseReasons.ReferenceIsAway(waiting, reference)
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
    public Task EndAsync(long token, string device, string job, IReadOnlyList<double> sentinelMs, string? loaded) =>
        GuardAsync(async () =>
        {
            terms.End(token);
            int back = await store.ReleaseAsync(token);
            await store.AddStintAsync(new(job, device, token, sentinelMs, loaded));
            if (loaded is null && await store.JobAsync(job) is { } row && await PoolAsync() is { } pool)
                await calibrations.HoldsAsync(pool, device, row, sentinelMs);
            if (back > 0)
                Look();
            return true;
        });

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

    private async Task<StintOffer?> OfferAsync(PoolRow pool, string device, JobLoad load)
    {
        JobRow job = load.Row;
        string? space = job.Job.Space is { } known ? LatencyTableJson.SerializeSpace(known) : null,
            settings = Way.Write(job.Job.Settings);
        Standing standing = await calibrations.OfAsync(pool, device, job, HeldByReference(pool, job.Id));
        if (standing is Standing.Waits && await TakesOverAsync(pool, device))
            standing = new Standing.Ready(1);
        if (standing is Standing.Waits or Standing.Refused)
            hindered[(job.Id, device)] = standing;
        switch (standing)
        {
            case Standing.Compare { Keys: var keys }:
                OfferedItem[] compared = [.. keys.Select((key, position) => new OfferedItem(-1 - position, key, []))];
                return new(--calibration, job.Id, IsCalibration: true, space, settings, File: null, Factor: 1, compared);
            case Standing.Ready { Factor: var factor }:
                int most = rules.StintOf(load.Waiting, Math.Max(1, Present.Union(seen).Count()));
                if (await store.TakeAsync(job.Id, device, most) is not { } lease)
                {
                    // Somebody else was faster, or it has ended.
                    loads.Remove(job.Id);
                    return null;
                }
                terms.Begin(lease, time.GetUtcNow());
                loads[job.Id] = load with { Waiting = load.Waiting - lease.Items.Count, Leased = load.Leased + lease.Items.Count };
                turns.Charge(job.Job.Owner, lease.Items.Count, job.Job.Priority);
                OfferedItem[] items = [.. lease.Items.Select(item => new OfferedItem(item.Position, item.Key, item.FailedAt ?? []))];
                string? file = job.Job.Kind == JobKind.Model ? job.Job.Source : null;
                return new(lease.Token, job.Id, IsCalibration: false, space, settings, file, factor, items);
            case Standing.Waits:
                cardsWait = true;
                return null;
            default:
                return null;
        }
    }

    private string[] HeldByReference(PoolRow pool, string job) =>
        [.. terms.OfJob(job).Where(lease => lease.Device == pool.Reference).SelectMany(lease => lease.Items, (_, item) => item.Key)];

    /// <summary>Makes a device the reference where the one that is it is away, and nothing rests on that one's numbers yet.</summary>
    private async Task<bool> TakesOverAsync(PoolRow pool, string device)
    {
        DateTimeOffset now = time.GetUtcNow();
        if (
            heard.ContainsKey(pool.Reference!)
            || terms.Devices.Contains(pool.Reference)
            || await store.DeviceAsync(pool.Reference!) is not { } reference
            || (reference is { Aside: null, Wish: DeviceWish.InService } && now - reference.LastSeen < rules.Lately)
            || !await store.ReplaceReferenceAsync(id, device, pool.Reference!)
        )
            return false;
        logger.LogInformation(
            "Device {Device} is the reference of pool {Pool} in the place of {Reference}, which is away and has measured nothing for it",
            device,
            pool.Name,
            pool.Reference
        );
        return true;
    }

    /// <summary>The pool; the first device that asks becomes its reference.</summary>
    private async Task<PoolRow?> PoolAsync(string? asking = null)
    {
        PoolRow? pool = await store.PoolAsync(id);
        if (pool is { Reference: null } && asking is not null)
            pool = pool with { Reference = await store.SetReferenceAsync(id, asking, expected: null) };
        return pool;
    }

    private async Task ReadAsync(DateTimeOffset now)
    {
        if (now - read < rules.Reading)
            return;
        read = now;
        loads.Clear();
        foreach (JobLoad load in await store.RunningAsync(id))
            loads.Add(load.Row.Id, load);
        foreach ((string Job, string Device) gone in hindered.Keys.Where(each => !loads.ContainsKey(each.Job)).ToArray())
            hindered.Remove(gone);
        if (loads.Count > 0)
            seen =
            [
                .. (await store.DevicesAsync(id))
                    .Where(device => device is { Aside: null, Wish: DeviceWish.InService } && now - device.LastSeen < rules.Lately)
                    .Select(device => device.Id),
            ];
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
