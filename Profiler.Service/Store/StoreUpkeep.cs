namespace FasterSeg.Profiler.Service.Store;

/// <summary>
/// Keeps a store small and its health known, while the profiler serves: drops what need not stay, takes tables of earlier builds apart,
/// looks a large file through, and looks whether a store that took nothing takes something again.
/// </summary>
public sealed class StoreUpkeep(
    ProfilerDatabase database,
    TableStore tables,
    JobStore jobs,
    Retention retention,
    StoreHealth health,
    TimeProvider time,
    ILogger<StoreUpkeep> logger
) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5),
        Piece = TimeSpan.FromSeconds(0.2),
        LongestUntidied = TimeSpan.FromHours(1);

    // What a table or two, and the log of their transaction, need.
    private const int RoomBytes = 4 << 20;

    private long tidied = -1;
    private DateTimeOffset tidiedAt;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Task looking = Task.Factory.StartNew(LookThrough, stoppingToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        while (true)
        {
            Task change = health.Change;
            bool isBusy = await Task.Run(() => Once(stoppingToken), stoppingToken);
            // It takes half of a core at most: somebody measures here.
            await Task.WhenAny(health.Reason is null ? change : Task.Delay(Timeout.Infinite, stoppingToken), Pause(isBusy, stoppingToken));
            stoppingToken.ThrowIfCancellationRequested();
            if (looking.IsCompleted)
                await looking;
        }
    }

    /// <summary>Does what is to be done now.</summary>
    /// <returns>True where there is more of it.</returns>
    internal bool Once(CancellationToken cancellation)
    {
        try
        {
            database.RequirePlace();
            if (health.Has(StoreFault.Full) && DiskRoom.FaultOf(database.Folder, RoomBytes) is null)
                health.NoteMended(StoreFault.Full);
            jobs.Flush();
            bool isDone = tables.ConvertEarlier(Piece);
            DateTimeOffset now = time.GetUtcNow();
            if (isDone && (tidied != tables.Saved || (now - tidiedAt).Duration() > LongestUntidied))
            {
                (tidied, tidiedAt) = (tables.Saved, now);
                // A file that was copied there by now pins its table.
                tables.JoinBrought();
                retention.Apply(cancellation);
            }
            return !isDone;
        }
        catch (StoreUnavailableException)
        {
            // The health says so.
            return false;
        }
        catch (Exception fault) when (fault is Microsoft.Data.Sqlite.SqliteException or IOException or UnauthorizedAccessException)
        {
            logger.LogWarning("The store cannot be tidied: {Reason}", fault.Message);
            return false;
        }
    }

    private Task Pause(bool isBusy, CancellationToken cancellation) => Task.Delay(isBusy ? Piece : Period, time, cancellation);

    private void LookThrough()
    {
        try
        {
            if (database.DamageAfterStart() is { } damage)
                health.Note(
                    StoreFault.Damaged,
                    $"The store in {database.Folder} is damaged ({damage}): restart the profiler, which then begins a new one with every "
                        + "table that can still be read."
                );
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            logger.LogWarning("The store could not be looked through: {Reason}", fault.Message);
        }
    }
}
