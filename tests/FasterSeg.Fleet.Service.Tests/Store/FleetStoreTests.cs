using FasterSeg.Fleet.Service.Store;
using FasterSeg.Latency.Spaces;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Fleet.Service.Tests.Store;

/// <summary>What a store promises, whatever it is kept in: in parts, each a file.</summary>
public abstract partial class FleetStoreTests : IAsyncLifetime
{
    private protected static readonly SearchSpace Space = SearchSpace.Paper(256, 512);
    private protected static readonly MeasurementSettings Settings = new() { Seed = 7 };
    private protected static readonly TableIdentity Kind = new("card", "", "6.1", "535", "cuda", "1.17.3", null, "8.9", "fp32", 0, 0, "");

    private protected SetClock Clock { get; } = new();

    private protected string Where { get; private set; } = "";

    private protected FleetStore Store { get; private set; } = null!;

    private protected PoolRow Pool { get; private set; } = null!;

    private protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Where a new, empty store may lie.</summary>
    private protected abstract Task<string> NewPlaceAsync();

    public async ValueTask InitializeAsync()
    {
        Where = await NewPlaceAsync();
        Store = await FleetStore.OpenAsync(Where, Clock, Cancellation);
        Pool = await Store.PoolOfAsync(Kind, "card, cuda, fp32", Cancellation);
        foreach (string device in (string[])["a", "b", "c"])
            await Store.JoinAsync(device, Pool.Id, "GPU-" + device, "{}", Cancellation);
    }

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (Store is not null)
            await Store.DisposeAsync();
    }

    /// <summary>A running job of so many items.</summary>
    private protected async Task<string> NewJobAsync(int items, JobKind kind = JobKind.Table, ulong seed = 7, string? source = null)
    {
        NewJob asked = new(Pool.Id, kind, kind is JobKind.Model ? null : Space, Settings with { Seed = seed }, "ann", Source: source);
        (JobRow job, _) = await Store.AddJobAsync(asked, [.. Enumerable.Range(0, items).Select(i => $"key-{i}")], Cancellation);
        return job.Id;
    }

    private protected static ItemResult Result(Lease lease, int position, string entry = "{}") =>
        new(lease.Job, position, lease.Token, lease.Device, entry);

    private protected async Task<CommitOutcome> CommitAsync(ItemResult result) =>
        Assert.Single(await Store.CommitAsync([result], Cancellation));

    private protected async Task<Lease> TakeAsync(string job, string device, int most = 25) =>
        await Store.TakeAsync(job, device, most, Cancellation) ?? throw new InvalidOperationException("Nothing waits.");

    /// <summary>All items of a job measured by one device.</summary>
    private protected async Task FillAsync(string job, string device = "a")
    {
        while (await Store.TakeAsync(job, device, 100, Cancellation) is { } lease)
            await Store.CommitAsync([.. lease.Items.Select(item => Result(lease, item.Position))], Cancellation);
    }

    private protected static TableRow Table(string pool, int number, DateTimeOffset created, int failed = 0, string? loaded = null) =>
        new($"table-{number:d6}", $"hash-{number}", pool, Space, Kind, 3, failed, loaded, created);
}
