using FasterSeg.Fleet.Service.Store;
using FasterSeg.Profiler.Service;

namespace FasterSeg.Fleet.Service.Scheduling;

/// <summary>Tells a job's watchers how far it is, and ends it once nothing is left. What it counts is looked up in the store again and
/// again: a result whose news were lost is there all the same.</summary>
/// <param name="id">The job's id.</param>
/// <param name="store">What has happened.</param>
/// <param name="finish">Ends a job all of whose items have entries; false where it could not.</param>
/// <param name="time">The clock.</param>
internal sealed class JobMind(string id, IFleetStore store, Func<JobRow, Task<bool>> finish, TimeProvider time)
{
    // What a watcher that polls can miss is a line of its progress.
    private const int Remembered = 4096;

    private static readonly TimeSpan Counting = TimeSpan.FromSeconds(2);

    private readonly Queue<KeptEntry> recent = new();
    private readonly Signal changed = new();
    private JobLoad? load;
    private long last;
    private DateTimeOffset counted = DateTimeOffset.MinValue;
    private readonly RemainingTime remaining = new();
    private bool isFinishing;

    // Answers of the store may overtake each other: an older one tells nothing any more.
    private long asked,
        answered;

    /// <summary>Results were kept.</summary>
    public async Task KeptAsync(IReadOnlyList<KeptEntry> entries)
    {
        foreach (KeptEntry entry in entries)
        {
            recent.Enqueue(entry);
            if (recent.Count > Remembered)
                recent.Dequeue();
        }
        last += entries.Count;
        if (load is not null)
        {
            load = load with { Done = Math.Min(load.Row.Total, load.Done + entries.Count) };
            remaining.Note(load.Done, time.GetUtcNow());
        }
        if (load is null || load.Done >= load.Row.Total)
            await CountAsync(isForced: true);
        changed.Raise();
    }

    /// <summary>Something else changed: the job was cancelled, a stint ended.</summary>
    public async Task LookAsync()
    {
        await CountAsync(isForced: true);
        changed.Raise();
    }

    /// <summary>What is new behind a number; waits for it.</summary>
    /// <param name="behind">The last answer's number; below 0 tells the present state at once.</param>
    /// <param name="wait">How long at most.</param>
    /// <returns>Null where there is no such job.</returns>
    public async Task<JobNews?> NewsAsync(long behind, TimeSpan wait)
    {
        Task next = changed.Next;
        // Who is new gets what the store says: a job that ended may have been asked for again, on whatever node.
        await CountAsync(isForced: load is null || behind < 0);
        bool isOver = load is not { Row.State: FleetJobState.Running };
        if (behind >= 0 && behind >= last && !isOver)
        {
            await Task.WhenAny(next, Task.Delay(wait, time));
            await CountAsync(isForced: false);
        }
        if (load is null)
            return null;
        long known = behind < 0 || behind > last ? last : Math.Max(behind, last - recent.Count);
        KeptEntry[] entries = [.. recent.Skip(recent.Count - (int)(last - known))];
        JobRow row = load.Row;
        return new(last, entries, load.Done, row.Total, remaining.SecondsOf(row.Total), row.State, row.Message, row.TableId);
    }

    private async Task CountAsync(bool isForced)
    {
        DateTimeOffset now = time.GetUtcNow();
        if (!isForced && (now - counted < Counting || load is { Row.State: not FleetJobState.Running }))
            return;
        counted = now;
        if (!await ReadAsync() || load is null)
            return;
        if (load.Row.State != FleetJobState.Running || load.Done < load.Row.Total || isFinishing)
            return;
        isFinishing = true;
        try
        {
            await finish(load.Row);
            await ReadAsync();
        }
        finally
        {
            isFinishing = false;
        }
        changed.Raise();
    }

    /// <summary>Asks the store.</summary>
    /// <returns>False where a later answer was faster.</returns>
    private async Task<bool> ReadAsync()
    {
        long mine = ++asked;
        JobLoad? loaded = await store.LoadAsync(id);
        if (mine < answered)
            return false;
        (answered, load) = (mine, loaded);
        if (loaded is not null)
            remaining.Note(loaded.Done, time.GetUtcNow());
        return true;
    }
}
