using FasterSeg.Fleet.Service.Store;
using FasterSeg.Latency.Tables;

namespace FasterSeg.Fleet.Service.Scheduling;

/// <summary>What devices are to do next.</summary>
internal sealed partial class PoolMind
{
    /// <summary>What of a job a device is to have, before the store was asked.</summary>
    private sealed record Choice(JobRow Job, double Factor, int Most, int Hoped);

    private async Task<IReadOnlyList<StintOffer?>> TakeAsync(IReadOnlyList<string> devices)
    {
        var offers = new StintOffer?[devices.Count];
        DateTimeOffset now = time.GetUtcNow();
        foreach (string device in devices)
            asked[device] = heard[device] = now;
        await ReadAsync(now);
        if (!loads.Values.Any(load => load.Waiting > 0))
            return offers;
        HashSet<string> able =
        [
            .. (await store.DevicesOfAsync(devices)).Where(row => row is { Aside: null, Wish: DeviceWish.InService }).Select(row => row.Id),
        ];
        PoolRow? pool = able.Count == 0 ? null : await PoolAsync(devices.First(able.Contains));
        HashSet<string> asking = [.. devices];
        foreach ((string Job, string Device) past in hindered.Keys.Where(each => asking.Contains(each.Device)).ToArray())
            hindered.Remove(past);
        foreach (string excused in devices.Where(device => !able.Contains(device)))
        {
            foreach (string job in loads.Keys)
                hindered[(job, excused)] = new Standing.Excused();
        }
        ILookup<string, VerdictRow> verdicts = (pool is null ? [] : await store.VerdictsOfAsync(able)).ToLookup(each => each.Device);
        List<int> left = pool is null ? [] : [.. Enumerable.Range(0, devices.Count).Where(i => able.Contains(devices[i]))];
        // Again for those whose items somebody else took at the same time: each turn looks at a job less.
        while (left.Count > 0)
        {
            var choices = new List<(int Device, Choice Choice)>();
            foreach (int i in left)
            {
                (offers[i], Choice? choice) = await ChooseAsync(pool!, devices[i], verdicts[devices[i]]);
                if (choice is not null)
                    choices.Add((i, choice));
            }
            IReadOnlyList<Lease?> leases =
                choices.Count == 0
                    ? []
                    : await store.TakeAsync([
                        .. choices.Select(each => new Wanted(each.Choice.Job.Id, devices[each.Device], each.Choice.Most)),
                    ]);
            for (int i = 0; i < choices.Count; i++)
                offers[choices[i].Device] = OfferOf(choices[i].Choice, leases[i]);
            left = [.. choices.Select(each => each.Device).Where(i => offers[i] is null)];
        }
        // Something waits, and nothing of it is for these: they are no help now.
        for (int i = 0; i < devices.Count; i++)
        {
            if (offers[i] is null)
                asked.Remove(devices[i]);
        }
        return offers;
    }

    /// <summary>Finds a device something among what waits.</summary>
    private async Task<(StintOffer? Offer, Choice? Choice)> ChooseAsync(PoolRow pool, string device, IEnumerable<VerdictRow> verdicts)
    {
        ILookup<string, JobLoad> waiting = loads.Values.Where(load => load.Waiting > 0).ToLookup(load => load.Row.Job.Owner);
        foreach (string client in turns.Order(waiting.Select(group => group.Key)))
        {
            foreach (JobLoad load in waiting[client].OrderByDescending(each => each.Row.Job.Priority).ThenBy(each => each.Row.Created))
            {
                JobRow job = load.Row;
                Standing standing = await calibrations.OfAsync(pool, device, job, HeldByReference(pool, job.Id), verdicts);
                if (standing is Standing.Waits && await TakesOverAsync(pool, device))
                    standing = new Standing.Ready(1);
                if (standing is Standing.Waits or Standing.Refused)
                    hindered[(job.Id, device)] = standing;
                switch (standing)
                {
                    case Standing.Compare { Keys: var keys }:
                        OfferedItem[] compared = [.. keys.Select((key, position) => new OfferedItem(-1 - position, key, []))];
                        return (
                            new(--calibration, job.Id, IsCalibration: true, Space(job), Way.Write(job.Job.Settings), null, 1, compared),
                            null
                        );
                    case Standing.Ready { Factor: var factor }:
                        int most = rules.StintOf(load.Waiting, CountDevices()),
                            hoped = Math.Min(most, load.Waiting);
                        // Before the store is asked: who is chosen for next finds something else.
                        Reserve(job, hoped);
                        return (null, new(job, factor, most, hoped));
                    case Standing.Waits:
                        cardsWait = true;
                        break;
                }
            }
        }
        return default;
    }

    private StintOffer? OfferOf(Choice choice, Lease? lease)
    {
        JobRow job = choice.Job;
        int had = lease?.Items.Count ?? 0;
        if (had != choice.Hoped)
            Reserve(job, had - choice.Hoped);
        if (lease is null)
        {
            // Somebody else was faster, or it has ended.
            loads.Remove(job.Id);
            return null;
        }
        terms.Begin(lease, time.GetUtcNow());
        OfferedItem[] items = [.. lease.Items.Select(item => new OfferedItem(item.Position, item.Key, item.FailedAt ?? []))];
        string? file = job.Job.Kind == JobKind.Model ? job.Job.Source : null;
        return new(lease.Token, job.Id, IsCalibration: false, Space(job), Way.Write(job.Job.Settings), file, choice.Factor, items);
    }

    /// <summary>Notes items of a job as leased, or fewer than were noted.</summary>
    private void Reserve(JobRow job, int items)
    {
        turns.Charge(job.Job.Owner, items, job.Job.Priority);
        if (loads.TryGetValue(job.Id, out JobLoad? now))
            loads[job.Id] = now with { Waiting = Math.Max(0, now.Waiting - items), Leased = Math.Max(0, now.Leased + items) };
    }

    private int CountDevices()
    {
        DateTimeOffset now = time.GetUtcNow();
        if (counted.Devices <= Few || now - counted.At >= Counting)
            counted = (Math.Max(1, Present.Union(seen).Count()), now);
        return counted.Devices;
    }

    private string[] HeldByReference(PoolRow pool, string job) =>
        [.. terms.OfJob(job, pool.Reference!).SelectMany(lease => lease.Items, (_, item) => item.Key)];

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

    private static string? Space(JobRow job) => job.Job.Space is { } known ? LatencyTableJson.SerializeSpace(known) : null;
}
