using FasterSeg.Fleet.Service.Grains;
using FasterSeg.Fleet.Service.Scheduling;
using FasterSeg.Fleet.Service.Store;
using FasterSeg.Latency;
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
            if (work.Item(result.Position) is { } compared && EntryOf(result).Spec.ToString() == compared.Key)
            {
                work.Compare(compared.Key, result.Entry);
                // At once: where this node dies, only what is missing is measured again.
                work.Keep(CalibrateAsync(new(device.Id, Way.Of(Way.Read(work.Offer.Settings)), compared.Key, result.Entry)));
            }
            Tell(result.Lease, result.Position);
            return;
        }
        byte[][] samples = [.. result.Samples.Select(session => SampleBytes.Write([.. session.SamplesMs]))];
        string job = work?.Offer.Job ?? result.JobId;
        Task kept = KeepAsync(
            new(job, result.Position, result.Lease, device.Id, result.Entry, samples, work?.Offer.Factor ?? 1),
            work,
            EntryOf(result)
        );
        work?.Keep(kept);
    }

    /// <summary>A model's.</summary>
    public void Take(ModelResult result, StintWork? work)
    {
        string job = work?.Offer.Job ?? result.JobId,
            entry = JsonFormatter.Default.Format(result);
        Task kept = KeepAsync(
            new(job, result.Position, result.Lease, device.Id, entry, Samples: null, work?.Offer.Factor ?? 1),
            work,
            entry: null
        );
        work?.Keep(kept);
    }

    /// <summary>The stint has ended, and all its results are kept.</summary>
    public Task EndAsync(StintEnd end, StintWork work, IPool pool)
    {
        string? loaded = end.Loaded.Length > 0 ? end.Loaded : null;
        return work.Offer.IsCalibration
            ? pool.CompareAsync(
                device.Id,
                work.Offer.Settings,
                [.. work.Compared.Select(each => new KeyedEntry(each.Key, each.Value))],
                loaded
            )
            : pool.EndAsync(end.Lease, device.Id, work.Offer.Job, end.SentinelMs, loaded);
    }

    /// <summary>The device's latencies over the reference's in a job's way to measure.</summary>
    public async Task<double> FactorAsync(JobRow job) =>
        Way.VerdictFor(await parts.Lookups.VerdictsOfAsync(device.Id), device.Id, job)?.Factor ?? 1;

    private async Task KeepAsync(ItemResult result, StintWork? work, LatencyEntry? entry)
    {
        try
        {
            // A late one, of a lease that nobody here knows: its factor is not told with it.
            if (work is null && await parts.Store.JobAsync(result.Job) is { } job)
                result = result with { Factor = await FactorAsync(job) };
            OfferedItem? item = work?.Item(result.Position);
            if (entry?.Failure is not null && !await IsFinalAsync(result))
                return;
            CommitOutcome outcome = await parts.Writer.KeepAsync(result, CancellationToken.None);
            Tell(result.Token, result.Position);
            if (outcome != CommitOutcome.Kept)
                return;
            _ = TellAsync(result);
            if (entry is { Failure: null })
                await StrikeAsync(item?.FailedAt.Where(id => id != device.Id) ?? [], item?.Key ?? "");
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // The device sends it again when it calls anew.
            logger.LogWarning("A result of device {Device} could not be told: {Reason}", device.Id, fault.Message);
        }
    }

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

    private async Task StrikeAsync(IEnumerable<string> failed, string key)
    {
        foreach (string id in failed)
        {
            string reason = $"it failed at '{key}', which device {device.Id} could measure";
            DeviceRow struck = await parts.Store.StrikeAsync(id, parts.Rules.MostStrikes, reason);
            logger.LogWarning("Device {Device} {State}: {Reason}", id, struck.Aside is null ? "has a strike" : "is set aside", reason);
        }
    }

    private void Tell(long lease, int position) =>
        send(
            new()
            {
                Kept = new() { Lease = lease, Positions = { position } },
            }
        );

    private static LatencyEntry EntryOf(OperatorResult result)
    {
        try
        {
            return LatencyTableJson.ParseEntry(result.Entry, "a result");
        }
        catch (UserErrorException fault)
        {
            return new(new(default, 0, 0, 0, 0), EntryOrigin.Measured, 0, Failure: fault.Message);
        }
    }
}
