using Microsoft.Data.Sqlite;

namespace FasterSeg.Profiler.Service.Store;

/// <summary>
/// A connection that holds one of the database's few places until it is disposed of. Whoever holds one must not wait for another on the
/// same thread: with all places held so, none would come free.
/// </summary>
internal sealed class LentConnection(string connection, SemaphoreSlim places) : SqliteConnection(connection)
{
    private int returned;

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        // SqliteConnection may be disposed of twice, and is by some callers.
        if (disposing && Interlocked.Exchange(ref returned, 1) == 0)
            places.Release();
    }
}
