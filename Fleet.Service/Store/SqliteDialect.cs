using System.Data.Common;
using Dapper;
using FasterSeg.Latency;
using FasterSeg.Profiler.Service;
using FasterSeg.Profiler.Service.Store;
using Microsoft.Data.Sqlite;

namespace FasterSeg.Fleet.Service.Store;

/// <summary>One SQLite file (write-ahead log), for a fleet of one node. One transaction writes at a time, so that nothing needs a lock of
/// its own.</summary>
internal sealed class SqliteDialect : FleetDialect
{
    private const string FileName = "fleet.db";
    private const int MostReaders = 4,
        Corrupt = 11,
        NoDatabase = 26;

    // What SQLite says where the statement is not to blame: busy, locked, read-only, input or output, full, cannot open.
    private static readonly int[] PassingCodes = [5, 6, 8, 10, 13, 14];

    private readonly string folder;
    private readonly string connection;

    // The file as it was opened first. Not closed before all connections are: with it the process would lose its locks on the file.
    private HeldFile? file;
    private readonly SemaphoreSlim writer = new(1, 1),
        readers = new(MostReaders, MostReaders);

    /// <summary>Makes the folder where it is not there.</summary>
    /// <exception cref="UserErrorException">The folder cannot be made.</exception>
    public SqliteDialect(string folder)
    {
        this.folder = folder;
        connection = new SqliteConnectionStringBuilder
        {
            DataSource = Path.Combine(folder, FileName),
            ForeignKeys = true,
            DefaultTimeout = 30,
        }.ToString();
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new UserErrorException(Unusable(fault.Message), fault);
        }
    }

    public override string Place => folder;

    public override string ForShare => "";

    public override string ForUpdate => "";

    public override string SkipLocked => "";

    public override string Next => "UPDATE fleet_order SET value = value + 1 RETURNING value";

    public override bool Blocks => true;

    // Dapper makes one parameter of each value.
    public override string Any(string column, string parameter) => $"{column} IN {parameter}";

    public override string Schema(string step) =>
        step.Replace(
                "/*order*/",
                "CREATE TABLE fleet_order (value INTEGER NOT NULL) STRICT; INSERT INTO fleet_order VALUES (0);",
                StringComparison.Ordinal
            )
            .Replace("BIGINT", "INTEGER", StringComparison.Ordinal)
            .Replace("DOUBLE PRECISION", "REAL", StringComparison.Ordinal)
            .Replace("BYTEA", "BLOB", StringComparison.Ordinal)
            .Replace("/*strict*/", " STRICT", StringComparison.Ordinal);

    public override async Task<IDisposable?> TurnAsync(bool writes, CancellationToken cancellation)
    {
        SemaphoreSlim turns = writes ? writer : readers;
        await turns.WaitAsync(cancellation);
        return new Turn(turns);
    }

    public override async Task<DbConnection> OpenAsync(CancellationToken cancellation)
    {
        // SQLite would go on writing into a file that has no name any more, or begin an empty one.
        if (file is { IsInPlace: false })
            throw new StoreUnavailableException(
                $"The fleet's store in {folder} was removed or replaced while the fleet ran, and nothing can be kept there: restart the "
                    + "fleet, or put the folder back where it was."
            );
        var opened = new SqliteConnection(connection);
        try
        {
            await opened.OpenAsync(cancellation);
            await opened.ExecuteAsync("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
            file ??= HeldFile.Watch(Path.Combine(folder, FileName));
            return opened;
        }
        catch
        {
            await opened.DisposeAsync();
            throw;
        }
    }

    public override Task LockAsync(StoreTurn turn, long number) => Task.CompletedTask;

    public override Task AddItemsAsync(StoreTurn turn, string job, IReadOnlyList<string> keys) =>
        turn.DoAsync(
            "INSERT INTO item (job, position, key) VALUES (@job, @position, @key)",
            keys.Select(
                (key, position) =>
                    new
                    {
                        job,
                        position,
                        key,
                    }
            )
        );

    public override async Task<IReadOnlyList<ItemState>> HoldAsync(StoreTurn turn, IReadOnlyList<ItemResult> results)
    {
        var states = new List<ItemState>();
        foreach ((string job, int position) in results.Select(result => (result.Job, result.Position)).Distinct())
        {
            if (
                await turn.FirstAsync<ItemState>(
                    "SELECT job, position, token, filled FROM item WHERE job = @job AND position = @position",
                    new { job, position }
                ) is
                { } state
            )
                states.Add(state);
        }
        return states;
    }

    public override Task<int> FillAsync(StoreTurn turn, IReadOnlyList<ItemResult> results) =>
        turn.DoAsync(
            """
            UPDATE item SET token = NULL, holder = NULL, filled = @Token, entry = @entry, device = @Device, factor = @Factor,
                samples = @samples
            WHERE job = @Job AND position = @Position AND entry IS NULL AND (token IS NULL OR token = @Token)
            """,
            results.Select(result => new
            {
                result.Job,
                result.Position,
                result.Token,
                entry = StoreText.Clean(result.Entry),
                result.Device,
                result.Factor,
                samples = SessionBytes.Write(result.Samples),
            })
        );

    public override string? Passing(Exception fault) =>
        fault is SqliteException said && PassingCodes.Contains(said.SqliteErrorCode) ? said.Message : null;

    public override string? AtStart(Exception fault) =>
        fault is SqliteException { SqliteErrorCode: Corrupt or NoDatabase }
            ? $"The file '{Path.Combine(folder, FileName)}' is damaged, or no fleet's ({fault.Message.TrimEnd('.')}): restore it from a "
                + "backup, or name another folder with --store."
        : fault is SqliteException or IOException or UnauthorizedAccessException ? Unusable(fault.Message)
        : null;

    public override ValueTask DisposeAsync()
    {
        using (var any = new SqliteConnection(connection))
            SqliteConnection.ClearPool(any);
        file?.Dispose();
        writer.Dispose();
        readers.Dispose();
        return ValueTask.CompletedTask;
    }

    private string Unusable(string reason) =>
        $"The fleet's store '{folder}' cannot be used ({reason.TrimEnd('.')}): name a folder with --store that can be written.";

    private sealed class Turn(SemaphoreSlim turns) : IDisposable
    {
        public void Dispose() => turns.Release();
    }
}
