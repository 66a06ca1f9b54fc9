using System.Data.Common;
using System.Text.RegularExpressions;
using FasterSeg.Latency;
using Npgsql;
using NpgsqlTypes;

namespace FasterSeg.Fleet.Service.Store;

/// <summary>PostgreSQL, which nodes share. Transactions are READ COMMITTED; what they rest on they lock, jobs before items, both in
/// order.</summary>
internal sealed partial class PostgresDialect : FleetDialect
{
    // A node that is frozen within a transaction holds what others wait for no longer than this. Three nodes fit into a server's default
    // of 100 connections.
    private static readonly (string Name, object Value)[] Defaults =
    [
        ("Application Name", "fasterseg-fleet"),
        ("Options", "-c idle_in_transaction_session_timeout=5000"),
        ("Maximum Pool Size", 20),
        ("Timeout", 5),
        ("Command Timeout", 15),
    ];

    private readonly NpgsqlDataSource source;
    private readonly string host;
    private readonly string? database,
        user;

    /// <summary>Connects when it is asked to.</summary>
    /// <exception cref="UserErrorException">It is no connection string.</exception>
    public PostgresDialect(string where)
    {
        try
        {
            var given = new DbConnectionStringBuilder { ConnectionString = where };
            var builder = new NpgsqlConnectionStringBuilder(where);
            foreach ((string name, object value) in Defaults)
            {
                if (!given.ContainsKey(name))
                    builder[name] = value;
            }
            (host, database, user) = ($"{builder.Host}:{builder.Port}", builder.Database ?? builder.Username, builder.Username);
            source = NpgsqlDataSource.Create(builder);
        }
        catch (Exception fault) when (fault is ArgumentException or FormatException or InvalidCastException or OverflowException)
        {
            // Its own message may quote a part of the password.
            throw new UserErrorException(
                "What --store names cannot be read as a connection string of PostgreSQL: write it as "
                    + "\"Host=db;Database=fleet;Username=fleet;Password=...\"."
            );
        }
    }

    /// <summary>Whether this is meant as a connection string, and not as a folder: one with a password must not become a folder's
    /// name.</summary>
    public static bool Means(string where) => ConnectionString().IsMatch(where);

    public override string Place => database is null ? host : $"{database} at {host}";

    public override string ForShare => " FOR SHARE";

    public override string ForUpdate => " FOR UPDATE";

    public override string SkipLocked => " FOR UPDATE SKIP LOCKED";

    public override string Next => "SELECT nextval('fleet_order')";

    public override bool Blocks => false;

    public override string Any(string column, string parameter) => $"{column} = ANY({parameter})";

    public override string Schema(string step) => step.Replace("/*order*/", "CREATE SEQUENCE fleet_order;", StringComparison.Ordinal);

    public override Task<IDisposable?> TurnAsync(bool writes, CancellationToken cancellation) => Task.FromResult<IDisposable?>(null);

    public override async Task<DbConnection> OpenAsync(CancellationToken cancellation) => await source.OpenConnectionAsync(cancellation);

    public override Task LockAsync(StoreTurn turn, long number) => turn.DoAsync("SELECT pg_advisory_xact_lock(@number)", new { number });

    public override Task<IReadOnlyList<long>> NextAsync(StoreTurn turn, int count) =>
        turn.RowsAsync<long>("SELECT nextval('fleet_order') FROM generate_series(1, @count)", new { count });

    // All in one message: the server's answers are waited for once.
    public override async Task<IReadOnlyList<IReadOnlyList<(long Position, string Key)>>> TakeAsync(
        StoreTurn turn,
        IReadOnlyList<(Wanted Wanted, long Token)> wanted
    )
    {
        if (wanted.Count == 0)
            return [];
        await using NpgsqlBatch batch = Batch(turn);
        foreach ((Wanted each, long token) in wanted)
        {
            var command = new NpgsqlBatchCommand(Take);
            command.Parameters.AddWithValue("job", each.Job);
            command.Parameters.AddWithValue("device", each.Device);
            command.Parameters.AddWithValue("token", token);
            command.Parameters.AddWithValue("most", (long)each.Most);
            batch.BatchCommands.Add(command);
        }
        var taken = new List<IReadOnlyList<(long, string)>>(wanted.Count);
        await using NpgsqlDataReader reader = await batch.ExecuteReaderAsync(turn.Cancellation);
        do
        {
            var items = new List<(long Position, string Key)>();
            while (await reader.ReadAsync(turn.Cancellation))
                items.Add((reader.GetInt64(0), reader.GetString(1)));
            taken.Add([.. items.OrderBy(item => item.Position)]);
        } while (await reader.NextResultAsync(turn.Cancellation));
        return taken;
    }

    public override async Task AddStintsAsync(StoreTurn turn, IReadOnlyList<StintValues> stints)
    {
        if (stints.Count == 0)
            return;
        await using NpgsqlBatch batch = Batch(turn);
        foreach (StintValues stint in stints)
        {
            var command = new NpgsqlBatchCommand(AddStint);
            command.Parameters.AddWithValue("token", stint.token);
            command.Parameters.AddWithValue("job", stint.job);
            command.Parameters.AddWithValue("device", stint.device);
            command.Parameters.AddWithValue("sentinel", stint.sentinel);
            command.Parameters.Add(new("loaded", NpgsqlDbType.Text) { Value = (object?)stint.loaded ?? DBNull.Value });
            command.Parameters.AddWithValue("seq", stint.seq);
            batch.BatchCommands.Add(command);
        }
        await batch.ExecuteNonQueryAsync(turn.Cancellation);
    }

    public override async Task AddItemsAsync(StoreTurn turn, string job, IReadOnlyList<string> keys)
    {
        await using NpgsqlCommand command = Command(
            turn,
            "INSERT INTO item (job, position, key) SELECT $1, place - 1, key FROM unnest($2) WITH ORDINALITY AS given (key, place)"
        );
        command.Parameters.Add(new() { Value = job, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(List(NpgsqlDbType.Text, keys.ToArray()));
        await command.ExecuteNonQueryAsync(turn.Cancellation);
    }

    public override async Task<IReadOnlyList<ItemState>> HoldAsync(StoreTurn turn, IReadOnlyList<ItemResult> results)
    {
        await using NpgsqlCommand command = Command(
            turn,
            """
            SELECT i.job, i.position, i.token, i.filled FROM item i
            WHERE (i.job, i.position) IN (SELECT * FROM unnest($1, $2)) ORDER BY i.job, i.position FOR UPDATE
            """
        );
        command.Parameters.Add(List(NpgsqlDbType.Text, results.Select(result => result.Job).ToArray()));
        command.Parameters.Add(List(NpgsqlDbType.Bigint, results.Select(result => (long)result.Position).ToArray()));
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(turn.Cancellation);
        var states = new List<ItemState>();
        while (await reader.ReadAsync(turn.Cancellation))
        {
            long? Number(int column) => reader.IsDBNull(column) ? null : reader.GetInt64(column);
            states.Add(new(reader.GetString(0), reader.GetInt64(1), Number(2), Number(3)));
        }
        return states;
    }

    public override async Task<int> FillAsync(StoreTurn turn, IReadOnlyList<ItemResult> results)
    {
        await using NpgsqlCommand command = Command(
            turn,
            """
            UPDATE item SET token = NULL, holder = NULL, filled = g.token, entry = g.entry, device = g.device, factor = g.factor,
                samples = g.samples
            FROM unnest($1, $2, $3, $4, $5, $6, $7) AS g (job, position, token, entry, device, factor, samples)
            WHERE item.job = g.job AND item.position = g.position AND item.entry IS NULL
                AND (item.token IS NULL OR item.token = g.token)
            """
        );
        command.Parameters.Add(List(NpgsqlDbType.Text, results.Select(result => result.Job).ToArray()));
        command.Parameters.Add(List(NpgsqlDbType.Bigint, results.Select(result => (long)result.Position).ToArray()));
        command.Parameters.Add(List(NpgsqlDbType.Bigint, results.Select(result => result.Token).ToArray()));
        command.Parameters.Add(List(NpgsqlDbType.Text, results.Select(result => StoreText.Clean(result.Entry)).ToArray()));
        command.Parameters.Add(List(NpgsqlDbType.Text, results.Select(result => result.Device).ToArray()));
        command.Parameters.Add(List(NpgsqlDbType.Double, results.Select(result => result.Factor).ToArray()));
        command.Parameters.Add(List(NpgsqlDbType.Bytea, results.Select(result => SessionBytes.Write(result.Samples)).ToArray()));
        return await command.ExecuteNonQueryAsync(turn.Cancellation);
    }

    public override string? Passing(Exception fault) => PostgresFaults.Passing(fault);

    public override string? AtStart(Exception fault) => PostgresFaults.AtStart(fault, host, database, user);

    public override void Note(Exception fault)
    {
        // Those that wait in the pool are broken, too: otherwise each of them would fail once.
        if (fault is not PostgresException { SqlState: not ['5', '7', 'P', ..] })
            source.Clear();
    }

    public override ValueTask DisposeAsync() => source.DisposeAsync();

    [GeneratedRegex(@"(^|;)\s*(host|server|data source)\s*=|^postgres(ql)?:", RegexOptions.IgnoreCase)]
    private static partial Regex ConnectionString();

    private static NpgsqlCommand Command(StoreTurn turn, string sql) =>
        new(sql, (NpgsqlConnection)turn.Connection, (NpgsqlTransaction?)turn.Transaction);

    private static NpgsqlBatch Batch(StoreTurn turn) => new((NpgsqlConnection)turn.Connection, (NpgsqlTransaction?)turn.Transaction);

    private static NpgsqlParameter List(NpgsqlDbType type, object values) =>
        new() { Value = values, NpgsqlDbType = NpgsqlDbType.Array | type };
}
