using Dapper;
using FasterSeg.Latency;
using Microsoft.Data.Sqlite;

namespace FasterSeg.Profiler.Service.Store;

/// <summary>
/// The profiler's memory: one SQLite file (write-ahead log), in which whatever was committed survives the death of the process.
/// A damaged file is set aside and a new one begun with what can still be read.
/// </summary>
public sealed class ProfilerDatabase
{
    private const string FileName = "profiler.db";
    private const int CorruptFile = 11,
        NoDatabase = 26;

    /// <summary>
    /// Connections open at once. SQLite closes no descriptor of a file while another connection holds a lock on it, but keeps it for the
    /// next one: without a bound, each rush of readers would leave a few more descriptors behind for good.
    /// </summary>
    public const int MostConnections = 4;

    private readonly string connection;
    private readonly SemaphoreSlim places = new(MostConnections, MostConnections);

    /// <summary>Opens the database of a folder, which is made where it is not there.</summary>
    /// <exception cref="UserErrorException">The folder cannot be used, or the file was written by a newer build.</exception>
    public ProfilerDatabase(string folder, ILogger<ProfilerDatabase> logger)
    {
        Folder = folder;
        string path = Path.Combine(folder, FileName);
        connection = ConnectionTo(path);
        try
        {
            Directory.CreateDirectory(folder);
            if (IsDamaged(path) is { } reason)
            {
                string aside = $"{path}.damaged-{Guid.NewGuid().ToString("N")[..8]}";
                SetAside(path, aside);
                Migrate();
                int saved = Salvage(aside);
                logger.LogError(
                    "{Path} is damaged ({Reason}); it is kept as {Aside}, and {Saved} tables were saved from it",
                    path,
                    reason,
                    aside,
                    saved
                );
                return;
            }
            Migrate();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or SqliteException)
        {
            throw new UserErrorException(
                $"The store '{folder}' cannot be used: {fault.Message.TrimEnd('.')}. Name another folder with --store.",
                fault
            );
        }
    }

    /// <summary>Where the file lies.</summary>
    public string Folder { get; }

    /// <summary>An open connection, to be disposed of; waits while <see cref="MostConnections"/> are in use. Holders ask for no second
    /// one.</summary>
    public SqliteConnection Open()
    {
        places.Wait();
        var opened = new LentConnection(connection, places);
        try
        {
            opened.Open();
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    private static string ConnectionTo(string path, SqliteOpenMode mode = SqliteOpenMode.ReadWriteCreate) =>
        new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = mode,
            ForeignKeys = true,
            Pooling = mode == SqliteOpenMode.ReadWriteCreate,
        }.ToString();

    private void Migrate()
    {
        using SqliteConnection database = Open();
        database.Execute("PRAGMA journal_mode = WAL");
        int version = database.ExecuteScalar<int>("PRAGMA user_version");
        if (version > Migrations.All.Count)
            throw new UserErrorException(
                $"The store '{Folder}' was written by a newer build (version {version}, this one knows {Migrations.All.Count}): "
                    + "use that build, or name another folder with --store."
            );
        for (; version < Migrations.All.Count; version++)
        {
            using SqliteTransaction transaction = database.BeginTransaction();
            database.Execute(Migrations.All[version], transaction: transaction);
            database.Execute(FormattableString.Invariant($"PRAGMA user_version = {version + 1}"), transaction: transaction);
            transaction.Commit();
        }
    }

    /// <summary>What is wrong with the file, or null.</summary>
    private string? IsDamaged(string path)
    {
        if (!File.Exists(path))
            return null;
        try
        {
            using SqliteConnection database = Open();
            string answer = database.ExecuteScalar<string>("PRAGMA quick_check(1)") ?? "no answer";
            return answer == "ok" ? null : answer;
        }
        catch (SqliteException fault) when (fault.SqliteErrorCode is CorruptFile or NoDatabase)
        {
            return fault.Message;
        }
    }

    private static void SetAside(string path, string aside)
    {
        SqliteConnection.ClearAllPools();
        File.Move(path, aside);
        // The log belongs to the file; a new file must not find it.
        foreach (string suffix in new[] { "-wal", "-shm" })
        {
            if (File.Exists(path + suffix))
                File.Move(path + suffix, aside + suffix);
        }
    }

    /// <summary>Takes over each table that the damaged file still gives whole: its own hash says so.</summary>
    private int Salvage(string aside)
    {
        int saved = 0;
        try
        {
            using var damaged = new SqliteConnection(ConnectionTo(aside, SqliteOpenMode.ReadOnly));
            damaged.Open();
            foreach (byte[] json in damaged.Query<byte[]>("SELECT json FROM latency_table", buffered: false))
            {
                if (StoredTable.TryRead(json, aside) is not { } table)
                    continue;
                using SqliteConnection database = Open();
                TableStore.Insert(database, table, json);
                saved++;
            }
        }
        catch (SqliteException)
        {
            // What lies behind the damage cannot be read.
        }
        return saved;
    }
}
