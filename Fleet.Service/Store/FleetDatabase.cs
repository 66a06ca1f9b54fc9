using System.Data.Common;
using FasterSeg.Latency;
using FasterSeg.Profiler.Service.Store;

namespace FasterSeg.Fleet.Service.Store;

/// <summary>The database of a fleet: a PostgreSQL server's that many nodes share, or one SQLite file.</summary>
internal sealed class FleetDatabase : IAsyncDisposable
{
    private readonly FleetDialect dialect;

    private FleetDatabase(FleetDialect dialect) => this.dialect = dialect;

    /// <summary>Names it in sentences for people, without a password.</summary>
    public string Place => dialect.Place;

    /// <summary>Opens a database, and brings its schema up to this build's.</summary>
    /// <param name="where">A connection string of PostgreSQL, which has <c>Host=</c>, or a folder.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="UserErrorException">It cannot be used; the message says why and what to do.</exception>
    public static async Task<FleetDatabase> OpenAsync(string where, CancellationToken cancellation = default)
    {
        FleetDialect dialect = PostgresDialect.Means(where) ? new PostgresDialect(where) : new SqliteDialect(where);
        var database = new FleetDatabase(dialect);
        try
        {
            await database.TurnAsync(turn => FleetMigrations.ApplyAsync(turn, dialect.Place), writes: true, cancellation);
            return database;
        }
        catch (Exception fault)
        {
            await dialect.DisposeAsync();
            if (dialect.AtStart(fault) is { } sentence)
                throw new UserErrorException(sentence, fault);
            throw;
        }
    }

    /// <summary>Reads.</summary>
    /// <exception cref="StoreUnavailableException">It cannot be reached at present.</exception>
    public Task<T> ReadAsync<T>(Func<StoreTurn, Task<T>> work, CancellationToken cancellation) =>
        GuardAsync(() => TurnAsync(work, writes: false, cancellation));

    /// <summary>Writes all or nothing. Where it throws, all may have been written all the same, if the answer was lost.</summary>
    /// <exception cref="StoreUnavailableException">It cannot be reached, or takes nothing at present.</exception>
    public Task<T> WriteAsync<T>(Func<StoreTurn, Task<T>> work, CancellationToken cancellation) =>
        GuardAsync(() => TurnAsync(work, writes: true, cancellation));

    /// <summary>The same, without a result.</summary>
    /// <exception cref="StoreUnavailableException">As above.</exception>
    public Task WriteAsync(Func<StoreTurn, Task> work, CancellationToken cancellation) =>
        WriteAsync(
            async turn =>
            {
                await work(turn);
                return true;
            },
            cancellation
        );

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => dialect.DisposeAsync();

    private async Task<T> GuardAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception fault) when (dialect.Passing(fault) is { } reason)
        {
            dialect.Note(fault);
            throw new StoreUnavailableException(
                $"The fleet's database ({Place}) takes and gives nothing at present ({reason.TrimEnd('.')}): what waits for it goes on by "
                    + "itself when it does.",
                fault
            );
        }
    }

    private async Task<T> TurnAsync<T>(Func<StoreTurn, Task<T>> work, bool writes, CancellationToken cancellation)
    {
        using IDisposable? turn = await dialect.TurnAsync(writes, cancellation);
        return dialect.Blocks
            ? await Task.Run(() => ConnectedAsync(work, writes, cancellation), cancellation)
            : await ConnectedAsync(work, writes, cancellation);
    }

    private async Task<T> ConnectedAsync<T>(Func<StoreTurn, Task<T>> work, bool writes, CancellationToken cancellation)
    {
        await using DbConnection connection = await dialect.OpenAsync(cancellation);
        if (!writes)
            return await work(new(connection, transaction: null, dialect, cancellation));
        await using DbTransaction transaction = await connection.BeginTransactionAsync(cancellation);
        T result = await work(new(connection, transaction, dialect, cancellation));
        // Not to be cancelled: whether it was written would not be known.
        await transaction.CommitAsync(CancellationToken.None);
        return result;
    }
}
