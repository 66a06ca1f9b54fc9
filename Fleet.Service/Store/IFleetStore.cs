using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Fleet.Service.Store;

/// <summary>
/// What has happened, for good: devices, jobs, each item's one entry, tables. Whoever decides who does what may be wrong, twice there, or
/// gone; what is written here is right all the same, because each change says under which condition it holds. Every method is one
/// transaction; none holds a lock across a call.
/// </summary>
internal interface IFleetStore
{
    /// <summary>The pool of a kind, which is added where it is the first of its kind.</summary>
    Task<PoolRow> PoolOfAsync(TableIdentity kind, string name, CancellationToken cancellation = default);

    /// <summary>The pool of this id, or null.</summary>
    Task<PoolRow?> PoolAsync(string id, CancellationToken cancellation = default);

    /// <summary>All pools, the oldest first.</summary>
    Task<IReadOnlyList<PoolRow>> PoolsAsync(CancellationToken cancellation = default);

    /// <summary>Makes a device its pool's reference, where the pool has none or the expected one.</summary>
    /// <returns>The pool's reference afterwards.</returns>
    Task<string> SetReferenceAsync(string pool, string device, string? expected, CancellationToken cancellation = default);

    /// <summary>Makes a device its pool's reference in the place of one on whose numbers nothing rests: no item of the pool has an entry,
    /// nor has the reference one in hand, no device was compared with it, and there is no table.</summary>
    /// <returns>Whether the device is the reference afterwards.</returns>
    Task<bool> ReplaceReferenceAsync(string pool, string device, string expected, CancellationToken cancellation = default);

    /// <summary>Makes a device its pool's reference whatever rests on another one's numbers: verdicts are forgotten, and so is all that
    /// jobs have measured which are not done.</summary>
    /// <returns>False where it is the reference already, or is none of the pool's devices.</returns>
    Task<bool> ReferAsync(string pool, string device, CancellationToken cancellation = default);

    /// <summary>Notes that a device joined.</summary>
    /// <returns>The device as it is known, which moves to the pool where it is of another kind now; null where its name belongs to another
    /// physical device.</returns>
    Task<DeviceRow?> JoinAsync(string id, string pool, string uuid, string hello, CancellationToken cancellation = default);

    /// <summary>Notes that devices were heard of just now.</summary>
    Task SeenAsync(IReadOnlyCollection<string> devices, CancellationToken cancellation = default);

    /// <summary>The device of this id, or null.</summary>
    Task<DeviceRow?> DeviceAsync(string id, CancellationToken cancellation = default);

    /// <summary>Those of these ids that there are, in no order.</summary>
    Task<IReadOnlyList<DeviceRow>> DevicesOfAsync(IReadOnlyCollection<string> ids, CancellationToken cancellation = default);

    /// <summary>The devices of a pool, or of all where it is null, by id.</summary>
    Task<IReadOnlyList<DeviceRow>> DevicesAsync(string? pool, CancellationToken cancellation = default);

    /// <summary>How many devices a pool has.</summary>
    Task<int> CountDevicesAsync(string pool, CancellationToken cancellation = default);

    /// <summary>The ids of a pool's devices that may work and were heard of since a time.</summary>
    Task<IReadOnlyList<string>> PresentAsync(string pool, DateTimeOffset since, CancellationToken cancellation = default);

    /// <summary>Notes what people want of a device; absolved, it has no strikes, is not set aside, and its calibrations and verdicts are
    /// forgotten.</summary>
    /// <returns>False where there is no such device.</returns>
    Task<bool> WishAsync(string id, DeviceWish wish, bool absolve, CancellationToken cancellation = default);

    /// <summary>An item was measured: each other device that had failed at it gets a strike for that, once, and is set aside for this
    /// reason at so many of them.</summary>
    /// <returns>The devices that got one now; none where the answer to the first call was lost.</returns>
    Task<IReadOnlyList<DeviceRow>> StrikeAsync(
        string job,
        int position,
        string measuredBy,
        int most,
        string reason,
        CancellationToken cancellation = default
    );

    /// <summary>Adds a job with its items; where one of the same pool, kind, space and settings is running, and it is a table's, answers
    /// with that one.</summary>
    Task<(JobRow Job, bool IsNew)> AddJobAsync(NewJob job, IReadOnlyList<string> keys, CancellationToken cancellation = default);

    /// <summary>The newest job of this pool, space and settings that ended before its table was finished, made running again; null where
    /// there is none. Anew, it forgets what it has measured, also what was measured before and comes in later.</summary>
    Task<JobRow?> ResumeAsync(
        string pool,
        SearchSpace space,
        MeasurementSettings settings,
        bool anew = false,
        CancellationToken cancellation = default
    );

    /// <summary>The job of this id, or null.</summary>
    Task<JobRow?> JobAsync(string id, CancellationToken cancellation = default);

    /// <summary>Jobs of a pool that measure for tables, the newest first, those behind one where it is named.</summary>
    Task<IReadOnlyList<JobRow>> JobsAsync(string pool, string? behind, int most, CancellationToken cancellation = default);

    /// <summary>The running jobs of a pool with how their items stand, the oldest first.</summary>
    Task<IReadOnlyList<JobLoad>> RunningAsync(string pool, CancellationToken cancellation = default);

    /// <summary>How a job's items stand; null where there is no such job.</summary>
    Task<JobLoad?> LoadAsync(string job, CancellationToken cancellation = default);

    /// <summary>Ends a running job without a table; its leases' items go back.</summary>
    /// <returns>False where it was not running.</returns>
    Task<bool> EndAsync(string job, FleetJobState state, string message, CancellationToken cancellation = default);

    /// <summary>Leases waiting items of running jobs to devices, by ascending position, those first that the device has not failed at.
    /// Each finds what those before it leave.</summary>
    /// <returns>Their leases, in their order; null where none waits.</returns>
    Task<IReadOnlyList<Lease?>> TakeAsync(IReadOnlyList<Wanted> wanted, CancellationToken cancellation = default);

    /// <summary>Which of these leases hold items without an entry.</summary>
    Task<IReadOnlyList<long>> HeldAsync(IReadOnlyCollection<long> tokens, CancellationToken cancellation = default);

    /// <summary>The leases with items that have no entry yet: of a pool's running jobs.</summary>
    Task<IReadOnlyList<Lease>> LeasesAsync(string pool, CancellationToken cancellation = default);

    /// <summary>Those of these of its devices.</summary>
    Task<IReadOnlyList<Lease>> LeasesOfAsync(string pool, IReadOnlyCollection<string> devices, CancellationToken cancellation = default);

    /// <summary>Gives back what a lease holds and has no entry.</summary>
    /// <returns>How many items.</returns>
    Task<int> ReleaseAsync(long token, CancellationToken cancellation = default);

    /// <summary>
    /// Keeps results, each where its item has no entry and its lease holds the item, or nobody's does; a late result of a lapsed lease so
    /// counts where nobody else has the item. One transaction for all, so that many small results cost one flush to the disk.
    /// </summary>
    /// <returns>What became of each, in their order.</returns>
    Task<IReadOnlyList<CommitOutcome>> CommitAsync(IReadOnlyList<ItemResult> results, CancellationToken cancellation = default);

    /// <summary>Notes that a device failed at an item that its lease holds, and gives the item back.</summary>
    /// <returns>The devices that have failed at it, this one with them; empty where the lease does not hold it, unless it is told
    /// again.</returns>
    Task<IReadOnlyList<string>> FailedAtAsync(ItemResult result, CancellationToken cancellation = default);

    /// <summary>Keeps what stints told of their devices.</summary>
    Task AddStintsAsync(IReadOnlyList<StintRow> stints, CancellationToken cancellation = default);

    /// <summary>A job's stints, in their order.</summary>
    Task<IReadOnlyList<StintRow>> StintsAsync(string job, CancellationToken cancellation = default);

    /// <summary>A job's items by position.</summary>
    Task<IReadOnlyList<ItemRow>> ItemsAsync(string job, bool withSamples = false, CancellationToken cancellation = default);

    /// <summary>The item of a key; null where the job has none.</summary>
    Task<ItemRow?> ItemAsync(string job, string key, CancellationToken cancellation = default);

    /// <summary>Ends a running job all of whose items have entries, with its table where it has one, both or neither.</summary>
    /// <returns>False where it is not running any more, or an item has no entry.</returns>
    Task<bool> FinishAsync(string job, TableRow? table, ReadOnlyMemory<byte> json, CancellationToken cancellation = default);

    /// <summary>Tables of a pool, the newest first, those behind one where it is named; null where that is not known.</summary>
    Task<IReadOnlyList<TableRow>?> TablesAsync(string pool, string? behind, int most, CancellationToken cancellation = default);

    /// <summary>The newest table of a pool, space and identity that is not one of a loaded device, a whole one before one with failed
    /// entries; null where there is none.</summary>
    Task<TableRow?> NewestAsync(string pool, SearchSpace space, TableIdentity identity, CancellationToken cancellation = default);

    /// <summary>The table of this id, whatever its pool, or null.</summary>
    Task<(TableRow Row, byte[] Json)?> TableAsync(string id, CancellationToken cancellation = default);

    /// <summary>The job that made a table; null where none of this store did.</summary>
    Task<JobRow?> JobOfTableAsync(string table, CancellationToken cancellation = default);

    /// <summary>Keeps what devices measured to be compared; a newer one takes an older one's place.</summary>
    Task CalibrateAsync(IReadOnlyList<CalibrationRow> rows, CancellationToken cancellation = default);

    /// <summary>What these devices measured in one way to be compared.</summary>
    Task<IReadOnlyList<CalibrationRow>> CalibrationsOfAsync(
        IReadOnlyCollection<string> devices,
        string way,
        CancellationToken cancellation = default
    );

    /// <summary>Keeps a verdict in the place of the device's last one of this way; null forgets that, and its calibrations.</summary>
    Task JudgeAsync(string device, string way, VerdictRow? verdict, CancellationToken cancellation = default);

    /// <summary>Forgets all verdicts of one way on a pool's devices, and their calibrations.</summary>
    Task ForgetVerdictsAsync(string pool, string way, CancellationToken cancellation = default);

    /// <summary>The verdicts on a pool's devices.</summary>
    Task<IReadOnlyList<VerdictRow>> VerdictsAsync(string pool, CancellationToken cancellation = default);

    /// <summary>The verdicts on these devices, of each way.</summary>
    Task<IReadOnlyList<VerdictRow>> VerdictsOfAsync(IReadOnlyCollection<string> devices, CancellationToken cancellation = default);

    /// <summary>Keeps a file, in pieces, until <see cref="DropFileAsync"/>.</summary>
    /// <returns>Its id.</returns>
    Task<string> AddFileAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation = default);

    /// <summary>A file; null where it is not there.</summary>
    Task<byte[]?> FileAsync(string id, CancellationToken cancellation = default);

    /// <summary>Forgets a file.</summary>
    Task DropFileAsync(string id, CancellationToken cancellation = default);

    /// <summary>Drops what is too old: samples and stints of finished jobs but the newest, jobs and tables beyond a number for each pool
    /// and space and beyond an age; never the newest table, nor what runs.</summary>
    Task DropOldAsync(FleetRetention retention, CancellationToken cancellation = default);
}

/// <summary>How much a fleet keeps.</summary>
/// <param name="Versions">Tables of one pool, space and way.</param>
/// <param name="Days">How old they become; the newest ten of a pool, space and way become older, whatever a clock says.</param>
/// <param name="SampledJobs">Finished jobs of a pool whose raw samples are kept.</param>
internal sealed record FleetRetention(int Versions, int Days, int SampledJobs);
