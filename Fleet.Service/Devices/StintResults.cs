using FasterSeg.Fleet.Service.Grains;
using FasterSeg.Fleet.Service.Scheduling;
using FasterSeg.Fleet.Service.Store;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Store;
using FasterSeg.Protos.Fleet.V1;
using Google.Protobuf;

namespace FasterSeg.Fleet.Service.Devices;

/// <summary>Takes a device's results to the store, and tells whom they concern.</summary>
internal sealed class StintResults(DeviceRow device, SessionParts parts, ILogger logger, Action<FleetMessage> send)
{
    /// <summary>An operator's result.</summary>
    /// <param name="result">The message.</param>
    /// <param name="work">The stint that it belongs to; null where the lease is over.</param>
    public void Take(OperatorResult result, StintWork? work)
    {
        if (work is { Offer.IsCalibration: true })
        {
            // Failures too: what a card cannot measure and the reference can is part of the verdict.
            if (work.Item(result.Position) is { } compared)
            {
                string entry = LatencyTableJson.SerializeEntry(DeviceAnswers.Entry(result, compared.Key));
                work.Compare(compared.Key, entry);
                // At once: where this node dies, only what is missing is measured again.
                work.Keep(CalibrateAsync(new(device.Id, Way.Of(Way.Read(work.Offer.Settings)), compared.Key, entry)));
            }
            Tell(result.Lease, result.Position);
            return;
        }
        Task kept = KeepAsync(
            new(work?.Offer.Job ?? result.JobId, result.Position, result.Lease, device.Id, result.Entry, DeviceAnswers.Samples(result)),
            work,
            result
        );
        work?.Keep(kept);
    }

    /// <summary>A model's.</summary>
    public void Take(ModelResult result, StintWork? work)
    {
        string job = work?.Offer.Job ?? result.JobId,
            entry = JsonFormatter.Default.Format(result);
        Task kept = KeepAsync(new(job, result.Position, result.Lease, device.Id, entry, Samples: null), work, measured: null);
        work?.Keep(kept);
    }

    /// <summary>The stint has ended, and all its results are kept.</summary>
    public Task EndAsync(StintEnd end, StintWork work, IPool pool)
    {
        string? loaded = end.Loaded.Length > 0 ? DeviceAnswers.Words(end.Loaded) : null;
        return work.Offer.IsCalibration
            ? pool.CompareAsync(
                device.Id,
                work.Offer.Settings,
                [.. work.Compared.Select(each => new KeyedEntry(each.Key, each.Value))],
                loaded
            )
            : pool.EndAsync(end.Lease, device.Id, work.Offer.Job, DeviceAnswers.Readings(end.SentinelMs), loaded);
    }

    /// <summary>The device's latencies over the reference's in a job's way to measure; null where its numbers are none of its
    /// pool's.</summary>
    public async Task<double?> FactorAsync(JobRow job) =>
        Way.VerdictFor(await parts.Lookups.VerdictsOfAsync(device.Id), device.Id, job) is { Merged: true } verdict ? verdict.Factor
        : (await parts.Store.PoolAsync(device.Pool))?.Reference == device.Id ? 1
        : null;

    private async Task KeepAsync(ItemResult result, StintWork? work, OperatorResult? measured)
    {
        try
        {
            string? key = work is null ? await LateAsync(result, measured) : work.Item(result.Position)?.Key;
            double? factor = work?.Offer.Factor
                ?? (key is not null && await parts.Store.JobAsync(result.Job) is { } job ? await FactorAsync(job) : null);
            if (key is null || factor is null)
            {
                // Of nothing that this device has, or had: it need not keep it any longer.
                Tell(result.Token, result.Position);
                return;
            }
            LatencyEntry? entry = measured is null ? null : DeviceAnswers.Entry(measured, key);
            result = result with { Factor = factor.Value, Entry = entry is null ? result.Entry : LatencyTableJson.SerializeEntry(entry) };
            if (entry?.Failure is not null && !await IsFinalAsync(result))
                return;
            CommitOutcome outcome = await parts.Writer.KeepAsync(result, CancellationToken.None);
            // Before it is told: where the store is away now, the device sends it again, and it counts then.
            if (outcome != CommitOutcome.Dropped && entry is { Failure: null } && MayHaveFailed(work, result.Position))
                await StrikeAsync(result, key);
            Tell(result.Token, result.Position);
            if (outcome == CommitOutcome.Kept)
                _ = TellAsync(result);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // The device sends it again when it calls anew.
            logger.LogWarning("A result of device {Device} could not be told: {Reason}", device.Id, fault.Message);
        }
    }

    /// <summary>The key of the item of which a late result is, of a lease that nobody here knows; null where it is of none of this pool's
    /// jobs.</summary>
    private async Task<string?> LateAsync(ItemResult result, OperatorResult? measured)
    {
        string? key = measured is null ? "model" : DeviceAnswers.Parsed(measured.Entry, out _)?.Spec.ToString();
        return
            result.Token > 0
            && key is not null
            && await parts.Store.JobAsync(result.Job) is { } job
            && job.Job.Pool == device.Pool
            && (job.Job.Kind == JobKind.Model) == measured is null
            && (await parts.Store.ItemAsync(job.Id, key))?.Position == result.Position
            ? key
            : null;
    }

    // What its lease was handed out with; of others nobody knows without a look.
    private bool MayHaveFailed(StintWork? work, int position) =>
        work is null || work.IsAdopted || work.Item(position)?.FailedAt.Any(id => id != device.Id) == true;

    private async Task CalibrateAsync(CalibrationRow row)
    {
        try
        {
            await parts.Store.CalibrateAsync([row]);
        }
        catch (StoreUnavailableException away)
        {
            logger.LogWarning("What device {Device} is compared on waits for the end of its stint: {Reason}", device.Id, away.Message);
        }
    }

    /// <summary>Who wants to know of it, soon; nothing waits for them, of which one may live on a node that has just died.</summary>
    private async Task TellAsync(ItemResult result)
    {
        try
        {
            KeptEntry[] news = [new(result.Position, result.Entry, result.Factor, device.Id)];
            await parts.Grains.GetGrain<ITableJob>(result.Job).KeptAsync(news);
            await parts.Grains.GetGrain<IPool>(device.Pool).KeptAsync([result.Token]);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // They count in the store from time to time.
            logger.LogDebug("A kept result could not be told: {Reason}", fault.Message);
        }
    }

    /// <summary>Whether a failure is the item's and not the device's: two devices failed, or there is no other.</summary>
    private async Task<bool> IsFinalAsync(ItemResult result)
    {
        IPool pool = parts.Grains.GetGrain<IPool>(device.Pool);
        IReadOnlyList<string> failed = await parts.Store.FailedAtAsync(result);
        if (failed.Count > 1 || (failed.Count == 1 && await pool.ReadyAsync() <= 1))
            return true;
        Tell(result.Token, result.Position);
        await pool.LookAsync(ended: null);
        return false;
    }

    private async Task StrikeAsync(ItemResult result, string key)
    {
        string reason = $"it failed at '{key}', which device {device.Id} could measure";
        foreach (DeviceRow struck in await parts.Store.StrikeAsync(result.Job, result.Position, device.Id, parts.Rules.MostStrikes, reason))
            logger.LogWarning(
                "Device {Device} {State}: {Reason}",
                struck.Id,
                struck.Aside is null ? "has a strike" : "is set aside",
                reason
            );
    }

    private void Tell(long lease, int position) =>
        send(
            new()
            {
                Kept = new() { Lease = lease, Positions = { position } },
            }
        );
}
