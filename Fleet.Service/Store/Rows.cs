using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Fleet.Service.Store;

/// <summary>A pool: the devices of one kind.</summary>
/// <param name="Id">Names it: digits of a hash of its kind.</param>
/// <param name="Name">For people, such as <c>NVIDIA GeForce GTX 1080 Ti, tensorrt, fp32</c>.</param>
/// <param name="Kind">The identity that its devices share: no UUID, no threads, no batch size, no settings.</param>
/// <param name="Reference">The device whose numbers are the pool's; null before the first.</param>
internal sealed record PoolRow(string Id, string Name, TableIdentity Kind, string? Reference);

/// <summary>What people want of a device.</summary>
internal enum DeviceWish
{
    /// <summary>Takes work.</summary>
    InService,

    /// <summary>Ends what it has and takes nothing more.</summary>
    Draining,
}

/// <summary>A device that has joined at least once.</summary>
/// <param name="Id">Its name in the fleet.</param>
/// <param name="Pool">Its pool's id.</param>
/// <param name="Uuid">Of the physical device.</param>
/// <param name="Hello">What it said of itself when it joined last, as JSON of the agent's message.</param>
/// <param name="Wish">What people want of it.</param>
/// <param name="Strikes">How often it failed at what another device could do.</param>
/// <param name="Aside">Why it is set aside; null where it is not.</param>
/// <param name="FirstSeen">When it first joined.</param>
/// <param name="LastSeen">When it was last heard of, to some seconds.</param>
internal sealed record DeviceRow(
    string Id,
    string Pool,
    string Uuid,
    string Hello,
    DeviceWish Wish,
    int Strikes,
    string? Aside,
    DateTimeOffset FirstSeen,
    DateTimeOffset LastSeen
)
{
    // Who was noted so lately need not be noted again: when it was seen is told all the time, for many together.
    private static readonly TimeSpan Noted = TimeSpan.FromMinutes(10);

    /// <summary>Whether a device that joins is noted just so already.</summary>
    public bool IsAs(string pool, string uuid, string hello, DateTimeOffset now) =>
        Pool == pool && Uuid == uuid && Hello == StoreText.Clean(hello) && (now - LastSeen).Duration() < Noted;
}

/// <summary>What a job is for.</summary>
internal enum JobKind
{
    /// <summary>A whole table.</summary>
    Table,

    /// <summary>A share of a table's operators again.</summary>
    Refresh,

    /// <summary>Some operators for their own sake.</summary>
    Operators,

    /// <summary>An uploaded network, which is its only item.</summary>
    Model,
}

/// <summary>Where a job stands.</summary>
internal enum FleetJobState
{
    /// <summary>Its items are measured.</summary>
    Running,

    /// <summary>All are, and its table, if it has one, is there.</summary>
    Done,

    /// <summary>It ended without.</summary>
    Failed,

    /// <summary>Somebody stopped it.</summary>
    Cancelled,
}

/// <summary>A job to be added.</summary>
/// <param name="Pool">Of the devices that work at it.</param>
/// <param name="Kind">What it is for.</param>
/// <param name="Space">The space; null where operators or a model are measured for themselves.</param>
/// <param name="Settings">How they are measured.</param>
/// <param name="Owner">The client whose turns it takes.</param>
/// <param name="Priority">Higher ones have more of the devices' time.</param>
/// <param name="Source">Of a refresh, the table's id; of a model, its file's id (<see cref="IFleetStore.AddFileAsync"/>); else
/// null.</param>
internal sealed record NewJob(
    string Pool,
    JobKind Kind,
    SearchSpace? Space,
    MeasurementSettings Settings,
    string Owner,
    int Priority = 0,
    string? Source = null
);

/// <summary>A job as it is remembered.</summary>
/// <param name="Id">Names it.</param>
/// <param name="Job">What it is.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Message">Why it failed; empty otherwise.</param>
/// <param name="TableId">Its table; null before, and where it makes none.</param>
/// <param name="Total">How many items it has.</param>
/// <param name="Created">When it was asked for.</param>
/// <param name="Updated">When its state last changed.</param>
internal sealed record JobRow(
    string Id,
    NewJob Job,
    FleetJobState State,
    string Message,
    string? TableId,
    int Total,
    DateTimeOffset Created,
    DateTimeOffset Updated
);

/// <summary>A running job and how its items stand.</summary>
/// <param name="Row">The job.</param>
/// <param name="Done">Items that have their entry.</param>
/// <param name="Leased">Items without one that a lease holds.</param>
/// <param name="Waiting">Items without either.</param>
internal sealed record JobLoad(JobRow Row, int Done, int Leased, int Waiting);

/// <summary>An item: an operator, or a model, that is measured once.</summary>
/// <param name="Position">Within its job, from 0.</param>
/// <param name="Key">The operator's canonical key, or <c>model</c>.</param>
/// <param name="FailedAt">The devices that failed at it; null where none has.</param>
internal sealed record ItemKey(int Position, string Key, IReadOnlyList<string>? FailedAt = null);

/// <summary>Some items of one job in one device's hands.</summary>
/// <param name="Token">Fences its results: no two leases ever have the same, and later ones have higher ones.</param>
/// <param name="Job">The job's id.</param>
/// <param name="Device">The device's id.</param>
/// <param name="Items">Those that have no entry yet.</param>
internal sealed record Lease(long Token, string Job, string Device, IReadOnlyList<ItemKey> Items);

/// <summary>What a device is to have of a job.</summary>
/// <param name="Job">The job's id.</param>
/// <param name="Device">The device's id.</param>
/// <param name="Most">Items at most.</param>
internal sealed record Wanted(string Job, string Device, int Most);

/// <summary>A result to be kept.</summary>
/// <param name="Job">The job's id.</param>
/// <param name="Position">The item's.</param>
/// <param name="Token">The lease under which it was measured.</param>
/// <param name="Device">The device that measured it.</param>
/// <param name="Entry">The table's entry, or a model's response, as JSON.</param>
/// <param name="Samples">The raw samples, as <c>SampleBytes</c> writes them; null where there are none.</param>
/// <param name="Factor">The device's latencies over the reference's; 1 where they are not told apart.</param>
internal sealed record ItemResult(
    string Job,
    int Position,
    long Token,
    string Device,
    string Entry,
    IReadOnlyList<byte[]>? Samples = null,
    double Factor = 1
);

/// <summary>What became of a result.</summary>
internal enum CommitOutcome
{
    /// <summary>It is the item's entry, for good.</summary>
    Kept,

    /// <summary>The item has this very result already, from the same lease: it was sent twice.</summary>
    Known,

    /// <summary>The item has another's, or another device has the item, or its job has ended.</summary>
    Dropped,
}

/// <summary>An item with its entry.</summary>
/// <param name="Position">Within its job.</param>
/// <param name="Key">The operator's canonical key, or <c>model</c>.</param>
/// <param name="Entry">As JSON; null where it has none.</param>
/// <param name="Device">The device that measured it.</param>
/// <param name="Factor">The device's latencies over the reference's.</param>
/// <param name="Samples">The raw samples.</param>
/// <param name="Token">The lease under which it was measured.</param>
internal sealed record ItemRow(
    int Position,
    string Key,
    string? Entry,
    string? Device,
    double Factor,
    IReadOnlyList<byte[]> Samples,
    long? Token = null
);

/// <summary>One operator that a device measured to be compared with its pool.</summary>
/// <param name="Device">The device.</param>
/// <param name="Way">The settings without their seed, as JSON: calibrations hold for one way to measure.</param>
/// <param name="Key">The operator's canonical key.</param>
/// <param name="Entry">Its entry, as JSON.</param>
internal sealed record CalibrationRow(string Device, string Way, string Key, string Entry);

/// <summary>What came of comparing a device with its pool's reference.</summary>
/// <param name="Device">The device.</param>
/// <param name="Way">The settings without their seed, as JSON.</param>
/// <param name="Reference">The reference that it was compared with.</param>
/// <param name="Merged">Whether its numbers join the pool's.</param>
/// <param name="Factor">Its latencies over the reference's; 1 where they agree.</param>
/// <param name="Reason">Why it was refused; empty where it was not.</param>
/// <param name="SentinelMs">What its sentinel took then, ms, by the sentinel's key: a calibration holds as long as that.</param>
/// <param name="At">When.</param>
internal sealed record VerdictRow(
    string Device,
    string Way,
    string Reference,
    bool Merged,
    double Factor,
    string Reason,
    IReadOnlyDictionary<string, double> SentinelMs,
    DateTimeOffset At
);

/// <summary>What a stint told of its device beside the results.</summary>
/// <param name="Job">The job's id.</param>
/// <param name="Device">The device.</param>
/// <param name="Token">The lease.</param>
/// <param name="SentinelMs">The sentinel's readings, ms.</param>
/// <param name="Loaded">Why the device was a loaded one; null where it was not.</param>
internal sealed record StintRow(string Job, string Device, long Token, IReadOnlyList<double> SentinelMs, string? Loaded);

/// <summary>What is kept in mind of a table.</summary>
/// <param name="Id">The first 12 digits of its hash.</param>
/// <param name="Hash">SHA-256 of its canonical form, hexadecimal.</param>
/// <param name="Pool">The pool that it is of.</param>
/// <param name="Space">The space.</param>
/// <param name="Identity">What its numbers are comparable with.</param>
/// <param name="Entries">How many entries it has.</param>
/// <param name="Failed">How many of them have no latency.</param>
/// <param name="Loaded">Why it is one of a loaded device; null where it is not.</param>
/// <param name="Created">When it was finished.</param>
internal sealed record TableRow(
    string Id,
    string Hash,
    string Pool,
    SearchSpace? Space,
    TableIdentity Identity,
    int Entries,
    int Failed,
    string? Loaded,
    DateTimeOffset Created
);
