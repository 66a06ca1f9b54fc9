using FasterSeg.Latency;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Profiler.Service.Store;

namespace FasterSeg.Fleet.Service.Store;

/// <summary>
/// The fleet's store on PostgreSQL or SQLite. Where the database cannot be reached, methods throw <see cref="StoreUnavailableException"/>;
/// each may then be called again, also where it was the answer alone that got lost. One of them does more then:
/// <see cref="AddJobAsync"/> adds again what is no table.
/// </summary>
internal sealed class FleetStore : IFleetStore, IAsyncDisposable
{
    private readonly PoolRecords pools;
    private readonly DeviceRecords devices;
    private readonly JobRecords jobs;
    private readonly LeaseRecords leases;
    private readonly ItemRecords items;
    private readonly StintRecords stints;
    private readonly TableRecords tables;
    private readonly CalibrationRecords calibrations;
    private readonly FileRecords files;
    private readonly RetentionRecords retention;

    private FleetStore(FleetDatabase database, TimeProvider time)
    {
        Database = database;
        pools = new(database);
        devices = new(database, time);
        jobs = new(database, time);
        leases = new(database);
        items = new(database);
        stints = new(database);
        tables = new(database, time);
        calibrations = new(database);
        files = new(database, time);
        retention = new(database, time);
    }

    /// <summary>What it is kept in.</summary>
    public FleetDatabase Database { get; }

    /// <summary>Opens a store, which is made where it is not there.</summary>
    /// <param name="where">A connection string of PostgreSQL, which has <c>Host=</c>, or a folder for SQLite's file.</param>
    /// <param name="time">Tells when things happen; by default the machine's.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="UserErrorException">It cannot be used; the message says why and what to do.</exception>
    public static async Task<FleetStore> OpenAsync(string where, TimeProvider? time = null, CancellationToken cancellation = default) =>
        new(await FleetDatabase.OpenAsync(where, cancellation), time ?? TimeProvider.System);

    public Task<PoolRow> PoolOfAsync(TableIdentity kind, string name, CancellationToken cancellation = default) =>
        pools.PoolOfAsync(kind, name, cancellation);

    public Task<PoolRow?> PoolAsync(string id, CancellationToken cancellation = default) => pools.PoolAsync(id, cancellation);

    public Task<IReadOnlyList<PoolRow>> PoolsAsync(CancellationToken cancellation = default) => pools.PoolsAsync(cancellation);

    public Task<string> SetReferenceAsync(string pool, string device, string? expected, CancellationToken cancellation = default) =>
        pools.SetReferenceAsync(pool, device, expected, cancellation);

    public Task<bool> ReplaceReferenceAsync(string pool, string device, string expected, CancellationToken cancellation = default) =>
        pools.ReplaceReferenceAsync(pool, device, expected, cancellation);

    public Task<bool> ReferAsync(string pool, string device, CancellationToken cancellation = default) =>
        pools.ReferAsync(pool, device, cancellation);

    public Task<DeviceRow?> JoinAsync(string id, string pool, string uuid, string hello, CancellationToken cancellation = default) =>
        devices.JoinAsync(id, pool, uuid, hello, cancellation);

    public Task SeenAsync(IReadOnlyCollection<string> ids, CancellationToken cancellation = default) =>
        devices.SeenAsync(ids, cancellation);

    public Task<DeviceRow?> DeviceAsync(string id, CancellationToken cancellation = default) => devices.DeviceAsync(id, cancellation);

    public Task<IReadOnlyList<DeviceRow>> DevicesOfAsync(IReadOnlyCollection<string> ids, CancellationToken cancellation = default) =>
        devices.DevicesOfAsync(ids, cancellation);

    public Task<IReadOnlyList<DeviceRow>> DevicesAsync(string? pool, CancellationToken cancellation = default) =>
        devices.DevicesAsync(pool, cancellation);

    public Task<int> CountDevicesAsync(string pool, CancellationToken cancellation = default) => devices.CountAsync(pool, cancellation);

    public Task<IReadOnlyList<string>> PresentAsync(string pool, DateTimeOffset since, CancellationToken cancellation = default) =>
        devices.PresentAsync(pool, since, cancellation);

    public Task<bool> WishAsync(string id, DeviceWish wish, bool absolve, CancellationToken cancellation = default) =>
        devices.WishAsync(id, wish, absolve, cancellation);

    public Task<IReadOnlyList<DeviceRow>> StrikeAsync(
        string job,
        int position,
        string measuredBy,
        int most,
        string reason,
        CancellationToken cancellation = default
    ) => devices.StrikeAsync(job, position, measuredBy, most, reason, cancellation);

    public Task<(JobRow Job, bool IsNew)> AddJobAsync(NewJob job, IReadOnlyList<string> keys, CancellationToken cancellation = default) =>
        jobs.AddAsync(job, keys, cancellation);

    public Task<JobRow?> ResumeAsync(
        string pool,
        SearchSpace space,
        MeasurementSettings settings,
        bool anew = false,
        CancellationToken cancellation = default
    ) => jobs.ResumeAsync(pool, space, settings, anew, cancellation);

    public Task<JobRow?> JobAsync(string id, CancellationToken cancellation = default) => jobs.JobAsync(id, cancellation);

    public Task<JobRow?> JobOfTableAsync(string table, CancellationToken cancellation = default) => jobs.OfTableAsync(table, cancellation);

    public Task<IReadOnlyList<JobRow>> JobsAsync(string pool, string? behind, int most, CancellationToken cancellation = default) =>
        jobs.JobsAsync(pool, behind, most, cancellation);

    public Task<IReadOnlyList<JobLoad>> RunningAsync(string pool, CancellationToken cancellation = default) =>
        jobs.RunningAsync(pool, cancellation);

    public Task<JobLoad?> LoadAsync(string job, CancellationToken cancellation = default) => jobs.LoadAsync(job, cancellation);

    public Task<bool> EndAsync(string job, FleetJobState state, string message, CancellationToken cancellation = default) =>
        jobs.EndAsync(job, state, message, cancellation);

    public Task<IReadOnlyList<Lease?>> TakeAsync(IReadOnlyList<Wanted> wanted, CancellationToken cancellation = default) =>
        leases.TakeAsync(wanted, cancellation);

    public Task<IReadOnlyList<long>> HeldAsync(IReadOnlyCollection<long> tokens, CancellationToken cancellation = default) =>
        leases.HeldAsync(tokens, cancellation);

    public Task<IReadOnlyList<Lease>> LeasesAsync(string pool, CancellationToken cancellation = default) =>
        leases.LeasesAsync(pool, devices: null, cancellation);

    public Task<IReadOnlyList<Lease>> LeasesOfAsync(
        string pool,
        IReadOnlyCollection<string> devices,
        CancellationToken cancellation = default
    ) => leases.LeasesAsync(pool, devices, cancellation);

    public Task<int> ReleaseAsync(long token, CancellationToken cancellation = default) => leases.ReleaseAsync(token, cancellation);

    public Task<IReadOnlyList<CommitOutcome>> CommitAsync(IReadOnlyList<ItemResult> results, CancellationToken cancellation = default) =>
        items.CommitAsync(results, cancellation);

    public Task<IReadOnlyList<string>> FailedAtAsync(ItemResult result, CancellationToken cancellation = default) =>
        leases.FailedAtAsync(result, cancellation);

    public Task AddStintsAsync(IReadOnlyList<StintRow> stints, CancellationToken cancellation = default) =>
        this.stints.AddAsync(stints, cancellation);

    public Task<IReadOnlyList<StintRow>> StintsAsync(string job, CancellationToken cancellation = default) =>
        stints.ListAsync(job, cancellation);

    public Task<IReadOnlyList<ItemRow>> ItemsAsync(string job, bool withSamples = false, CancellationToken cancellation = default) =>
        items.ItemsAsync(job, withSamples, cancellation);

    public Task<ItemRow?> ItemAsync(string job, string key, CancellationToken cancellation = default) =>
        items.ItemAsync(job, key, cancellation);

    public Task<bool> FinishAsync(string job, TableRow? table, ReadOnlyMemory<byte> json, CancellationToken cancellation = default) =>
        tables.FinishAsync(job, table, json, cancellation);

    public Task<IReadOnlyList<TableRow>?> TablesAsync(string pool, string? behind, int most, CancellationToken cancellation = default) =>
        tables.ListAsync(pool, behind, most, cancellation);

    public Task<TableRow?> NewestAsync(string pool, SearchSpace space, TableIdentity identity, CancellationToken cancellation = default) =>
        tables.NewestAsync(pool, space, identity, cancellation);

    public Task<(TableRow Row, byte[] Json)?> TableAsync(string id, CancellationToken cancellation = default) =>
        tables.FindAsync(id, cancellation);

    public Task CalibrateAsync(IReadOnlyList<CalibrationRow> rows, CancellationToken cancellation = default) =>
        calibrations.CalibrateAsync(rows, cancellation);

    public Task<IReadOnlyList<CalibrationRow>> CalibrationsOfAsync(
        IReadOnlyCollection<string> devices,
        string way,
        CancellationToken cancellation = default
    ) => calibrations.CalibrationsOfAsync(devices, way, cancellation);

    public Task JudgeAsync(string device, string way, VerdictRow? verdict, CancellationToken cancellation = default) =>
        calibrations.JudgeAsync(device, way, verdict, cancellation);

    public Task ForgetVerdictsAsync(string pool, string way, CancellationToken cancellation = default) =>
        calibrations.ForgetPoolAsync(pool, way, cancellation);

    public Task<IReadOnlyList<VerdictRow>> VerdictsAsync(string pool, CancellationToken cancellation = default) =>
        calibrations.VerdictsAsync(pool, cancellation);

    public Task<IReadOnlyList<VerdictRow>> VerdictsOfAsync(IReadOnlyCollection<string> devices, CancellationToken cancellation = default) =>
        calibrations.VerdictsOfAsync(devices, cancellation);

    public Task<string> AddFileAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation = default) =>
        files.AddAsync(bytes, cancellation);

    public Task<byte[]?> FileAsync(string id, CancellationToken cancellation = default) => files.FindAsync(id, cancellation);

    public Task DropFileAsync(string id, CancellationToken cancellation = default) => files.DropAsync(id, cancellation);

    public Task DropOldAsync(FleetRetention keep, CancellationToken cancellation = default) => retention.DropAsync(keep, cancellation);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Database.DisposeAsync();
}
