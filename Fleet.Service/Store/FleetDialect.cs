using System.Data.Common;

namespace FasterSeg.Fleet.Service.Store;

/// <summary>What PostgreSQL and SQLite say differently; all other SQL is in the subset that both know.</summary>
internal abstract class FleetDialect : IAsyncDisposable
{
    /// <summary>Names the database in sentences for people, without a password.</summary>
    public abstract string Place { get; }

    /// <summary>At the end of a query: its rows do not change until the transaction ends, though others may hold them so too.</summary>
    public abstract string ForShare { get; }

    /// <summary>At the end of a query: its rows are this transaction's until it ends.</summary>
    public abstract string ForUpdate { get; }

    /// <summary>At the end of a query: as <see cref="ForUpdate"/>, without the rows that are another transaction's.</summary>
    public abstract string SkipLocked { get; }

    /// <summary>A query for the next number of the fleet's order, which nothing else gets and which is higher than all before it.</summary>
    public abstract string Next { get; }

    /// <summary>Whether calls block their thread, so that they have to be made on another.</summary>
    public abstract bool Blocks { get; }

    /// <summary>A condition: the column has one of the values of a parameter that is an array.</summary>
    public abstract string Any(string column, string parameter);

    /// <summary>A step of the schema, which is written as PostgreSQL has it, in this dialect.</summary>
    public abstract string Schema(string step);

    /// <summary>Waits for its turn, where not all may come at once; the turn ends with the answer's disposal.</summary>
    public abstract Task<IDisposable?> TurnAsync(bool writes, CancellationToken cancellation);

    /// <summary>An open connection.</summary>
    public abstract Task<DbConnection> OpenAsync(CancellationToken cancellation);

    /// <summary>Waits until the transaction alone has this number, and has it until it ends.</summary>
    public abstract Task LockAsync(StoreTurn turn, long number);

    /// <summary>Adds a job's items, none of which has anything yet.</summary>
    public abstract Task AddItemsAsync(StoreTurn turn, string job, IReadOnlyList<string> keys);

    /// <summary>So many numbers of the fleet's order.</summary>
    public virtual async Task<IReadOnlyList<long>> NextAsync(StoreTurn turn, int count)
    {
        var numbers = new List<long>(count);
        while (numbers.Count < count)
            numbers.Add(await turn.NextAsync());
        return numbers;
    }

    /// <summary>Leases waiting items of running jobs, each under its token, one after the other.</summary>
    /// <returns>What each got, by ascending position.</returns>
    public virtual async Task<IReadOnlyList<IReadOnlyList<(long Position, string Key)>>> TakeAsync(
        StoreTurn turn,
        IReadOnlyList<(Wanted Wanted, long Token)> wanted
    )
    {
        var taken = new List<IReadOnlyList<(long, string)>>(wanted.Count);
        foreach ((Wanted each, long token) in wanted)
        {
            IReadOnlyList<(long Position, string Key)> items = await turn.RowsAsync<(long, string)>(
                Take,
                new
                {
                    job = each.Job,
                    device = each.Device,
                    token,
                    most = (long)each.Most,
                }
            );
            taken.Add([.. items.OrderBy(item => item.Position)]);
        }
        return taken;
    }

    /// <summary>Adds stints whose jobs are there; those that are known stay as they are.</summary>
    public virtual async Task AddStintsAsync(StoreTurn turn, IReadOnlyList<StintValues> stints)
    {
        foreach (StintValues stint in stints)
            await turn.DoAsync(AddStint, stint);
    }

    /// <summary>Leases waiting items. Materialized: picked once, however the rows are then found.</summary>
    protected string Take =>
        $"""
            WITH picked AS MATERIALIZED (
                SELECT i.position FROM item i
                WHERE i.job = @job AND i.entry IS NULL AND i.token IS NULL
                ORDER BY CASE WHEN EXISTS (
                    SELECT 1 FROM item_failure f WHERE f.job = i.job AND f.position = i.position AND f.device = @device
                ) THEN 1 ELSE 0 END, i.position
                LIMIT @most{SkipLocked}
            )
            UPDATE item SET token = @token, holder = @device
            WHERE job = @job AND position IN (SELECT position FROM picked)
            RETURNING position, key
            """;

    /// <summary>Adds a stint.</summary>
    protected const string AddStint = """
        INSERT INTO stint (token, job, device, sentinel, loaded, seq)
        SELECT CAST(@token AS BIGINT), id, @device, @sentinel, @loaded, CAST(@seq AS BIGINT) FROM job WHERE id = @job
        ON CONFLICT (token) DO NOTHING
        """;

    /// <summary>How the items of these results stand, which do not change until the transaction ends; without those that are not
    /// there.</summary>
    public abstract Task<IReadOnlyList<ItemState>> HoldAsync(StoreTurn turn, IReadOnlyList<ItemResult> results);

    /// <summary>Writes entries into items that are held and have none.</summary>
    /// <returns>How many were filled.</returns>
    public abstract Task<int> FillAsync(StoreTurn turn, IReadOnlyList<ItemResult> results);

    /// <summary>Why a fault may pass by itself, as part of a sentence; null where it does not.</summary>
    public abstract string? Passing(Exception fault);

    /// <summary>Told of each fault that may pass by itself.</summary>
    public virtual void Note(Exception fault) { }

    /// <summary>What a user can do about a fault at the start, as a sentence; null where it is none of theirs.</summary>
    public abstract string? AtStart(Exception fault);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}

/// <summary>A stint's row; named as the parameters are.</summary>
internal sealed record StintValues(long token, string job, string device, string sentinel, string? loaded, long seq);

/// <summary>How an item stands.</summary>
/// <param name="job">Its job.</param>
/// <param name="position">Its position.</param>
/// <param name="token">The lease that holds it; null where none does.</param>
/// <param name="filled">The lease whose result is its entry; null where it has none.</param>
internal sealed record ItemState(string job, long position, long? token, long? filled);
