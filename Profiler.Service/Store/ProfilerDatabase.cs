using Dapper;
using FasterSeg.Latency;
using Microsoft.Data.Sqlite;

namespace FasterSeg.Profiler.Service.Store;

/// <summary>
/// The profiler's memory: one SQLite file (write-ahead log), in which whatever was committed survives the death of the process.
/// A damaged file is set aside and a new one begun with what can still be read.
/// </summary>
public sealed class ProfilerDatabase : IDisposable
{
    private const string FileName = "profiler.db";
    private const int CorruptFile = 11,
        NoDatabase = 26;

    // What SQLite says where the disk, and not the statement, is to blame: read-only, input or output, full, cannot open.
    private static readonly int[] DiskCodes = [8, 10, 13, 14];

    /// <summary>
    /// Largest file that is looked through before it is used, bytes; some tenths of a second. Larger ones are looked through while the
    /// profiler serves (<see cref="StoreUpkeep"/>), or a start would take the longer the more there is.
    /// </summary>
    internal const long LargestChecked = 64 << 20;

    /// <summary>
    /// Connections open at once. SQLite closes no descriptor of a file while another connection holds a lock on it, but keeps it for the
    /// next one: without a bound, each rush of readers would leave a few more descriptors behind for good.
    /// </summary>
    public const int MostConnections = 4;

    private readonly string path;
    private readonly string connection;
    private readonly StoreHealth? health;
    private readonly HeldFile? held;
    private readonly SqliteConnection? anchor;

    // Not closed before all connections are: with it the process would lose its locks on the file.
    private readonly HeldFile? file;
    private readonly SemaphoreSlim places = new(MostConnections, MostConnections);

    /// <summary>Opens the database of a folder, which is made where it is not there.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="logger">Told of damage.</param>
    /// <param name="health">Told where the store cannot be used any more; null where nobody asks.</param>
    /// <param name="held">The folder's lock, which is gone where the folder is; null where it is not held.</param>
    /// <exception cref="UserErrorException">The folder cannot be used, or the file was written by a newer build.</exception>
    public ProfilerDatabase(string folder, ILogger<ProfilerDatabase> logger, StoreHealth? health = null, HeldFile? held = null)
    {
        Folder = folder;
        path = FileIn(folder);
        connection = ConnectionTo(path);
        (this.health, this.held) = (health, held);
        try
        {
            Directory.CreateDirectory(folder);
            if (DamageAtStart() is { } reason)
            {
                string aside = $"{path}.damaged-{Guid.NewGuid().ToString("N")[..8]}";
                SetAside(aside);
                Migrate();
                int saved = Salvage(aside);
                logger.LogError(
                    "{Path} is damaged ({Reason}); it is kept as {Aside}, and {Saved} tables were saved from it",
                    path,
                    reason,
                    aside,
                    saved
                );
            }
            else
                Migrate();
            if (held is not null)
                (anchor, file) = (Anchor(), HeldFile.Watch(path));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or SqliteException)
        {
            throw Unusable(folder, fault);
        }
    }

    /// <summary>Where the file lies.</summary>
    public string Folder { get; }

    /// <summary>The file of a folder.</summary>
    public static string FileIn(string folder) => Path.Combine(folder, FileName);

    /// <summary>An open connection, to be disposed of; waits while <see cref="MostConnections"/> are in use. Holders ask for no second
    /// one.</summary>
    /// <exception cref="StoreUnavailableException">The store is gone.</exception>
    public SqliteConnection Open()
    {
        RequirePlace();
        return OpenAnywhere();
    }

    /// <summary>Does something to the store, and tells a disk that takes nothing from a fault of what was done.</summary>
    /// <exception cref="StoreUnavailableException">The disk is full or cannot be written, or the store is gone. Nothing was
    /// done.</exception>
    public T Guard<T>(Func<T> write)
    {
        try
        {
            return write();
        }
        catch (SqliteException fault) when (IsOfTheDisk(fault))
        {
            string sentence =
                $"The store in {Folder} cannot be written ({fault.Message.TrimEnd('.')}): free space there; what waits for it goes on by "
                + "itself.";
            health?.Note(StoreFault.Full, sentence);
            throw new StoreUnavailableException(sentence, fault);
        }
    }

    /// <summary>Whether an exception tells of a disk that takes or gives nothing.</summary>
    public static bool IsOfTheDisk(Exception fault) => fault is SqliteException of && DiskCodes.Contains(of.SqliteErrorCode);

    /// <summary>The same, without a result.</summary>
    /// <exception cref="StoreUnavailableException">As above.</exception>
    public void Guard(Action write) =>
        Guard(() =>
        {
            write();
            return true;
        });

    /// <summary>Passes while the store lies where it was opened.</summary>
    /// <exception cref="StoreUnavailableException">It is gone.</exception>
    public void RequirePlace()
    {
        // SQLite would go on writing into a file that has no name any more.
        if (held is { IsInPlace: false } || file is { IsInPlace: false } || !File.Exists(path))
        {
            string sentence =
                $"The store in {Folder} was removed or replaced while the profiler ran, and nothing can be kept there: restart the "
                + "profiler, or put the folder back where it was.";
            health?.Note(StoreFault.Gone, sentence);
            throw new StoreUnavailableException(sentence);
        }
        health?.NoteMended(StoreFault.Gone);
    }

    /// <summary>Looks through a file that was too large for it at the start.</summary>
    /// <returns>What is wrong with it; null where nothing is, or it was looked through at the start.</returns>
    public string? DamageAfterStart()
    {
        if (new FileInfo(path).Length <= LargestChecked || Check() is not { } damage)
            return null;
        // It cannot be set aside under those who use it: the next start does.
        File.WriteAllText(Marker, damage);
        return damage;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        anchor?.Dispose();
        file?.Dispose();
    }

    internal static UserErrorException Unusable(string folder, Exception fault) =>
        new($"The store '{folder}' cannot be used: {fault.Message.TrimEnd('.')}. Name another folder with --store.", fault);

    private string Marker => path + ".is-damaged";

    private SqliteConnection OpenAnywhere()
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
        using SqliteConnection database = OpenAnywhere();
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

    /// <summary>
    /// A connection that stays open. With the last one SQLite gives up the index of its log, and cannot make it anew on a disk that has
    /// become full: nothing could be read any more.
    /// </summary>
    private SqliteConnection Anchor()
    {
        var opened = new SqliteConnection(ConnectionTo(path, SqliteOpenMode.ReadWrite));
        opened.Open();
        opened.ExecuteScalar<long>("SELECT count(*) FROM job");
        return opened;
    }

    private string? DamageAtStart()
    {
        var file = new FileInfo(path);
        if (File.Exists(Marker))
            return File.ReadAllText(Marker);
        return !file.Exists ? null : Check(file.Length <= LargestChecked ? "PRAGMA quick_check(1)" : "SELECT count(*) FROM sqlite_master");
    }

    /// <summary>What is wrong with the file, or null.</summary>
    private string? Check(string question = "PRAGMA quick_check(1)")
    {
        try
        {
            using SqliteConnection database = OpenAnywhere();
            string answer = database.ExecuteScalar<string>(question) ?? "no answer";
            return answer == "ok" || !question.StartsWith("PRAGMA", StringComparison.Ordinal) ? null : answer;
        }
        catch (SqliteException fault) when (fault.SqliteErrorCode is CorruptFile or NoDatabase)
        {
            return fault.Message;
        }
    }

    private void SetAside(string aside)
    {
        SqliteConnection.ClearAllPools();
        if (File.Exists(path))
            File.Move(path, aside);
        // The log belongs to the file; a new file must not find it.
        foreach (string suffix in new[] { "-wal", "-shm" })
        {
            if (File.Exists(path + suffix))
                File.Move(path + suffix, aside + suffix);
        }
        File.Delete(Marker);
    }

    private int Salvage(string aside)
    {
        using var damaged = new SqliteConnection(ConnectionTo(aside, SqliteOpenMode.ReadOnly));
        return StoreSalvage.Tables(damaged, aside, this);
    }
}
