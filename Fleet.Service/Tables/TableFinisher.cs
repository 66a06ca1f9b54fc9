using FasterSeg.Fleet.Service.Merging;
using FasterSeg.Fleet.Service.Scheduling;
using FasterSeg.Fleet.Service.Store;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Jobs;
using FasterSeg.Profiler.Service.Store;

namespace FasterSeg.Fleet.Service.Tables;

/// <summary>Makes the table of a job all of whose items have entries. Two that do so at a time make the same one, and the store takes
/// one.</summary>
internal sealed class TableFinisher(IFleetStore store, TimeProvider time, ILogger<TableFinisher> logger)
{
    /// <summary>Ends a job.</summary>
    /// <returns>False where it is over already, or not ready.</returns>
    public async Task<bool> FinishAsync(JobRow job)
    {
        if (job.Job.Kind is JobKind.Operators or JobKind.Model)
            return await store.FinishAsync(job.Id, table: null, json: default);
        LatencyTable table;
        try
        {
            table = await TableOfAsync(job);
        }
        catch (Exception fault) when (fault is FasterSeg.Latency.UserErrorException or ArgumentException or InvalidOperationException)
        {
            logger.LogError(fault, "Job {Job} ended without a table", job.Id);
            return await store.EndAsync(job.Id, FleetJobState.Failed, fault.Message);
        }
        byte[] json = LatencyTableJson.Serialize(table);
        TableHeader made = StoredTable.Of(table).Header;
        var row = new TableRow(
            made.Id,
            made.Hash,
            job.Job.Pool,
            made.Space,
            made.Identity,
            made.Entries,
            made.Failed,
            made.Loaded,
            made.Created
        );
        bool isDone = await store.FinishAsync(job.Id, row, json);
        if (isDone)
            logger.LogInformation(
                "Job {Job} is done: table {Table}, {Count} entries, {Failed} failed{Loaded}",
                job.Id,
                row.Id,
                row.Entries,
                row.Failed,
                row.Loaded is { } reason ? $"; measured on a loaded device: {reason}" : ""
            );
        return isDone;
    }

    private async Task<LatencyTable> TableOfAsync(JobRow job)
    {
        IReadOnlyList<ItemRow> items = await store.ItemsAsync(job.Id);
        PoolRow pool = await store.PoolAsync(job.Job.Pool) ?? throw new InvalidOperationException($"There is no pool {job.Job.Pool}.");
        string reference = pool.Reference
            ?? throw new InvalidOperationException($"Pool {pool.Name} has no reference whose table this could be.");
        if (await store.DeviceAsync(reference) is not { } card || card.Pool != pool.Id)
            throw new InvalidOperationException($"The reference of pool {pool.Name}, device {reference}, is of another kind by now.");
        var hello = DeviceHello.Read(card.Hello);
        LatencyEntry[] entries = [.. items.Select(item => EntryOf(item, reference))];
        LatencyTable? source = job.Job is { Kind: JobKind.Refresh, Source: { } id } ? await SourceAsync(id) : null;
        string? loaded = LoadedOf(await store.StintsAsync(job.Id), entries) ?? (source is null ? null : Carried(source, entries));
        var environment = new Dictionary<string, string>(hello.Device.Environment);
        if (loaded is not null)
            environment[LatencyTable.LoadedFact] = loaded;
        HashSet<FasterSeg.Latency.Spaces.OperatorSpec> measured = [.. entries.Select(entry => entry.Spec)];
        IEnumerable<LatencyEntry> others = source is null
            ? OperatorWork.Of(job.Job.Space!).Defined
            : source.Entries.Where(entry => !measured.Contains(entry.Spec));
        // A refresh that failed leaves the number that there was.
        IEnumerable<LatencyEntry> kept = entries.Select(entry =>
            entry.Failure is not null && source?.Find(entry.Spec) is { Failure: null } old ? old : entry
        );
        LatencyEntry[] all = [.. kept, .. others];
        TableIdentity identity = DeviceHello.IdentityOf(hello, job.Job.Settings);
        return new LatencyTable(
            identity,
            job.Job.Space,
            all,
            time.GetUtcNow(),
            environment,
            members: await MembersOfAsync(identity, all, pool, Way.Of(job.Job.Settings))
        );
    }

    /// <summary>The cards that measured the entries; none where the reference measured all. Of the pool's devices, which may be thousands,
    /// no others are read: after an outage many tables are made at once.</summary>
    private async Task<IReadOnlyList<TableMember>> MembersOfAsync(
        TableIdentity identity,
        IReadOnlyList<LatencyEntry> entries,
        PoolRow pool,
        string way
    )
    {
        string[] cards = [.. entries.Select(entry => entry.Device).OfType<string>().Append(pool.Reference!).Distinct()];
        Dictionary<string, double> factors = (await store.VerdictsOfAsync(cards))
            .Where(verdict => verdict.Way == way)
            .ToDictionary(verdict => verdict.Device, verdict => verdict.Factor);
        IEnumerable<DeviceRow> devices = (await store.DevicesOfAsync(cards)).Where(device => device.Pool == pool.Id);
        return TableMembers.Of(
            identity,
            entries,
            devices.Select(device => new TableMember(
                device.Id,
                // Two that join from one machine are two cards here.
                device.Id != pool.Reference
                && device.Uuid == identity.DeviceUuid
                    ? $"{device.Uuid} {device.Id}"
                    : device.Uuid,
                device.Id == pool.Reference ? 1 : factors.GetValueOrDefault(device.Id, 1),
                Entries: 0
            ))
        );
    }

    private async Task<LatencyTable> SourceAsync(string id) =>
        await store.TableAsync(id) is { } stored
            ? LatencyTableJson.Parse(stored.Json, $"table {id}")
            : throw new InvalidOperationException($"Table '{id}', which was to be refreshed, is gone.");

    private static LatencyEntry EntryOf(ItemRow item, string reference)
    {
        LatencyEntry entry = LatencyTableJson.ParseEntry(item.Entry!, $"item {item.Position}");
        return MergedEntry.Of(entry, item.Device == reference ? null : item.Device, item.Factor);
    }

    /// <summary>Why the table is one of loaded devices: more than half of it met no quiet one.</summary>
    private static string? LoadedOf(IReadOnlyList<StintRow> stints, IReadOnlyList<LatencyEntry> entries) =>
        2 * entries.Count(entry => entry.Drifted) > entries.Count ? stints.LastOrDefault(stint => stint.Loaded is not null)?.Loaded : null;

    private static string? Carried(LatencyTable source, IReadOnlyList<LatencyEntry> entries) =>
        entries.Count == source.Entries.Count(entry => entry.Origin == EntryOrigin.Measured) ? null : source.Loaded;
}
