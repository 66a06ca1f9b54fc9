using System.Data.Common;
using Dapper;

namespace FasterSeg.Fleet.Service.Store;

/// <summary>One reading, or one transaction, of the store.</summary>
/// <param name="connection">The connection.</param>
/// <param name="transaction">The transaction; null where it only reads.</param>
/// <param name="dialect">How the database speaks.</param>
/// <param name="cancellation">Ends it.</param>
internal sealed class StoreTurn(DbConnection connection, DbTransaction? transaction, FleetDialect dialect, CancellationToken cancellation)
{
    /// <summary>The connection, for what Dapper has no words for.</summary>
    public DbConnection Connection => connection;

    /// <summary>The transaction.</summary>
    public DbTransaction? Transaction => transaction;

    /// <summary>How the database speaks.</summary>
    public FleetDialect Dialect => dialect;

    /// <summary>Ends it.</summary>
    public CancellationToken Cancellation => cancellation;

    /// <summary>All rows of a query.</summary>
    public async Task<IReadOnlyList<T>> RowsAsync<T>(string sql, object? values = null) =>
        [.. await connection.QueryAsync<T>(Command(sql, values))];

    /// <summary>The first row of a query, or the first row's only value; null where there is none.</summary>
    public Task<T?> FirstAsync<T>(string sql, object? values = null)
        where T : class => connection.QueryFirstOrDefaultAsync<T>(Command(sql, values));

    /// <summary>The one number that a query gives; null where it gives none.</summary>
    public Task<long?> NumberAsync(string sql, object? values = null) => connection.QueryFirstOrDefaultAsync<long?>(Command(sql, values));

    /// <summary>Changes something.</summary>
    /// <returns>How many rows changed.</returns>
    public Task<int> DoAsync(string sql, object? values = null) => connection.ExecuteAsync(Command(sql, values));

    /// <summary>The next number of the fleet's order, which nothing else gets.</summary>
    public async Task<long> NextAsync() =>
        await NumberAsync(dialect.Next) ?? throw new InvalidOperationException("The fleet's order has no number.");

    /// <summary>So many of them, ascending.</summary>
    public async Task<IReadOnlyList<long>> NextAsync(int count)
    {
        IReadOnlyList<long> numbers = await dialect.NextAsync(this, count);
        return [.. numbers.Order()];
    }

    private CommandDefinition Command(string sql, object? values) => new(sql, values, transaction, cancellationToken: cancellation);
}
