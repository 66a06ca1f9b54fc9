using FasterSeg.Fleet.Service.Merging;
using FasterSeg.Fleet.Service.Store;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Jobs;

namespace FasterSeg.Fleet.Service.Scheduling;

/// <summary>
/// Who may work for a pool: its reference, and each card that agreed with it on some operators. A table's job begins with those, so that
/// the reference measures next to nothing twice.
/// </summary>
/// <param name="store">Keeps measurements and verdicts.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Told of verdicts.</param>
internal sealed class CardCalibrations(IFleetStore store, TimeProvider time, ILogger logger)
{
    // How often a card is compared that is a loaded one each time, and how long nobody tries that again.
    private const int MostLoaded = 3;
    private static readonly TimeSpan Rest = TimeSpan.FromHours(1);

    // By device and way: how often it was a loaded one when it was compared.
    private readonly Dictionary<(string Device, string Way), int> loads = [];

    // By way to measure: what the reference is asked for, because a card waits for it.
    private readonly Dictionary<string, HashSet<string>> wanted = [];

    /// <summary>How a device stands.</summary>
    /// <param name="pool">Its pool, with a reference.</param>
    /// <param name="device">The device.</param>
    /// <param name="job">A job for which it could work.</param>
    /// <param name="ofReference">What the reference's leases of this job hold.</param>
    /// <param name="verdicts">Those on the device.</param>
    public async Task<Standing> OfAsync(
        PoolRow pool,
        string device,
        JobRow job,
        IReadOnlyList<string> ofReference,
        IEnumerable<VerdictRow> verdicts
    )
    {
        string way = Way.Of(job.Job.Settings);
        if (device == pool.Reference)
            return wanted.GetValueOrDefault(way, []) is { Count: > 0 } asked
                ? new Standing.Compare([.. asked.Take(CalibrationPlan.Most)])
                : new Standing.Ready(1);
        if (Way.VerdictFor(verdicts.Where(each => each.Reference == pool.Reference), device, job) is { } verdict)
        {
            if (verdict.Merged)
                return new Standing.Ready(verdict.Factor);
            if (!CardReasons.IsOfLoad(verdict.Reason) || time.GetUtcNow() - verdict.At < Rest)
                return new Standing.Refused(verdict.Reason);
            await store.JudgeAsync(device, verdict.Way, verdict: null);
        }
        // What is measured for itself says nothing of which operators there are.
        if (job.Job.Space is not { } space)
            return new Standing.Waits();
        IReadOnlyList<CalibrationRow> rows = await store.CalibrationsOfAsync([device, pool.Reference!], way);
        Dictionary<string, string>? known = null;
        Dictionary<string, string> mine = rows.Where(row => row.Device == device).ToDictionary(row => row.Key, row => row.Entry);
        IReadOnlyList<OperatorSpec> plan = CalibrationPlan.Of(space, CalibrationPlan.Most);
        for (int count = CalibrationPlan.Few; ; count = CalibrationPlan.Most)
        {
            string[] part = [.. plan.Take(count).Select(spec => spec.ToString())];
            if (part.Where(key => !mine.ContainsKey(key)).ToArray() is { Length: > 0 } missing)
                return new Standing.Compare(missing);
            known ??= await ReferenceAsync(pool, rows, job);
            if (part.Where(key => !known.ContainsKey(key)).ToArray() is { Length: > 0 } awaited)
            {
                Want(way, awaited.Except(ofReference));
                return new Standing.Waits();
            }
            CardVerdict judged = CardComparison.Judge(Entries(known, part), Entries(mine, part), part.Length, plan.Count);
            if (judged.Answer == CardAnswer.NeedsMore && part.Length < plan.Count)
                continue;
            // Nothing can be said of a card beside a reference that was not in quiet itself.
            if (!judged.IsMerged && 2 * part.Count(key => IsDrifted(known[key])) > part.Length)
                judged = judged with { Reason = CardReasons.LoadedReference(pool.Reference!) };
            return await JudgeAsync(pool, device, way, judged);
        }
    }

    /// <summary>Keeps what a card measured to be compared; what was measured on a loaded device is no use.</summary>
    /// <param name="pool">The pool; null where it is not there.</param>
    /// <param name="device">The card.</param>
    /// <param name="way">The way to measure.</param>
    /// <param name="entries">What it measured, as JSON.</param>
    /// <param name="loaded">Why it was a loaded device; null where it was not.</param>
    public async Task AddAsync(PoolRow? pool, string device, string way, IReadOnlyList<(string Key, string Entry)> entries, string? loaded)
    {
        if (loaded is not null)
        {
            await store.JudgeAsync(device, way, verdict: null);
            int times = loads[(device, way)] = loads.GetValueOrDefault((device, way)) + 1;
            if (times < MostLoaded || pool?.Reference is null || pool.Reference == device)
                logger.LogWarning(
                    "Device {Device} was a loaded one while it measured what it is compared on, and measures that again: {Reason}",
                    device,
                    loaded
                );
            else
            {
                // It would go on so for as long as there is something to do, and nobody would know why it does nothing of it.
                loads.Remove((device, way));
                await JudgeAsync(pool, device, way, new(CardAnswer.Refused, 1, 0, CardReasons.Loaded(times, loaded), 0));
            }
        }
        else
        {
            loads.Remove((device, way));
            await store.CalibrateAsync([.. entries.Select(entry => new CalibrationRow(device, way, entry.Key, entry.Entry))]);
        }
        if (wanted.TryGetValue(way, out HashSet<string>? keys))
            keys.ExceptWith(entries.Select(entry => entry.Key));
    }

    /// <summary>Looks whether a card's sentinel takes what it took when the card was compared; else the verdict is forgotten.</summary>
    /// <param name="pool">Its pool.</param>
    /// <param name="device">The card.</param>
    /// <param name="job">The job whose sentinel was measured.</param>
    /// <param name="sentinelMs">The readings of a stint on a quiet device, ms.</param>
    /// <param name="verdicts">Those on the device.</param>
    /// <returns>False where it was forgotten.</returns>
    public async Task<bool> HoldsAsync(
        PoolRow pool,
        string device,
        JobRow job,
        IReadOnlyList<double> sentinelMs,
        IEnumerable<VerdictRow> verdicts
    )
    {
        if (job.Job.Space is not { } space || sentinelMs.Count == 0)
            return true;
        string way = Way.Of(job.Job.Settings),
            key = TableBuilder.SentinelOf(space).ToString();
        double now = sentinelMs.Order().ElementAt(sentinelMs.Count / 2);
        VerdictRow? verdict = verdicts.FirstOrDefault(each => each.Way == way);
        if (verdict is null && device != pool.Reference)
            return true;
        verdict ??= new(device, way, device, Merged: true, Factor: 1, Reason: "", new Dictionary<string, double>(), time.GetUtcNow());
        if (!verdict.SentinelMs.TryGetValue(key, out double then) || !(then > 0))
        {
            var both = new Dictionary<string, double>(verdict.SentinelMs) { [key] = now };
            await store.JudgeAsync(device, way, verdict with { SentinelMs = both });
            return true;
        }
        if (Math.Abs((now / then) - 1) <= new Profiler.Service.Measuring.Sentinel(job.Job.Settings.RelativeHalfWidth).Tolerance)
            return true;
        logger.LogWarning(
            "The sentinel of device {Device} takes {Now:F4} ms where it took {Then:F4} ms: it is compared with its pool again",
            device,
            now,
            then
        );
        // Everybody was compared with the reference as it was.
        await (device == pool.Reference ? store.ForgetVerdictsAsync(pool.Id, way) : store.JudgeAsync(device, way, verdict: null));
        return false;
    }

    private async Task<Standing> JudgeAsync(PoolRow pool, string device, string way, CardVerdict judged)
    {
        var verdict = new VerdictRow(
            device,
            way,
            pool.Reference!,
            judged.IsMerged,
            judged.Factor,
            judged.Reason,
            new Dictionary<string, double>(),
            time.GetUtcNow()
        );
        await store.JudgeAsync(device, way, verdict);
        if (judged.IsMerged)
            logger.LogInformation("Device {Device} joins pool {Pool} with a factor of {Factor:F4}", device, pool.Name, judged.Factor);
        else
            logger.LogWarning("Device {Device} does not join pool {Pool}: {Reason}", device, pool.Name, judged.Reason);
        return judged.IsMerged ? new Standing.Ready(judged.Factor) : new Standing.Refused(judged.Reason);
    }

    /// <summary>What the reference has measured: to be compared, or for this job.</summary>
    private async Task<Dictionary<string, string>> ReferenceAsync(PoolRow pool, IReadOnlyList<CalibrationRow> rows, JobRow job)
    {
        var known = new Dictionary<string, string>();
        if (job.Job.Kind == JobKind.Table)
        {
            foreach (ItemRow item in await store.ItemsAsync(job.Id))
            {
                if (item.Entry is not null && item.Device == pool.Reference)
                    known[item.Key] = item.Entry;
            }
        }
        foreach (CalibrationRow row in rows.Where(row => row.Device == pool.Reference))
            known.TryAdd(row.Key, row.Entry);
        return known;
    }

    private void Want(string way, IEnumerable<string> keys)
    {
        if (!wanted.TryGetValue(way, out HashSet<string>? all))
            wanted.Add(way, all = []);
        all.UnionWith(keys);
    }

    private static bool IsDrifted(string entry) => LatencyTableJson.ParseEntry(entry, "a calibration").Drifted;

    private static Dictionary<OperatorSpec, LatencyEntry> Entries(IReadOnlyDictionary<string, string> entries, IEnumerable<string> keys) =>
        keys.ToDictionary(OperatorKey.Parse, key => LatencyTableJson.ParseEntry(entries[key], "a calibration"));
}
