using System.Runtime.CompilerServices;
using FasterSeg.Latency.Spaces;
using FasterSeg.Profiler.Service.Measuring;
using FasterSeg.Profiler.Service.Store;

namespace FasterSeg.Profiler.Service.Jobs;

/// <summary>
/// A table being built. It belongs to no caller: any number of them watch it, each at its own pace, and it goes on when
/// they leave.
/// </summary>
/// <param name="id">Names the job.</param>
/// <param name="space">The space that is measured.</param>
/// <param name="settings">How it is measured.</param>
/// <param name="log">What it has measured.</param>
/// <param name="client">Who asked for it; null where nobody knows any more.</param>
/// <param name="quiet">How long it waits for a device in quiet; null is
/// <see cref="QuietPatience.Default(SearchSpace, MeasurementSettings)"/>.</param>
/// <param name="patience">Waits for a store that takes nothing; null where none can be like that.</param>
public sealed class TableJob(
    string id,
    SearchSpace space,
    MeasurementSettings settings,
    IJobLog log,
    string? client = null,
    TimeSpan? quiet = null,
    StorePatience? patience = null
)
{
    private readonly Lock gate = new();

    // A few hundred small records: watchers read from this log instead of having queues of their own to fill up.
    private readonly List<JobProgress> history = [];
    private readonly Signal changed = new();
    private bool ended;
    private Exception? failure;

    // The store cannot take a note of its own pause before it is over.
    private bool isPauseUnnoted;

    /// <summary>Names the job.</summary>
    public string Id => id;

    /// <summary>The space that is measured.</summary>
    public SearchSpace Space => space;

    /// <summary>How it is measured.</summary>
    public MeasurementSettings Settings => settings;

    /// <summary>What it has measured.</summary>
    public IJobLog Log => log;

    /// <summary>Whose it is: who may cancel it, beside operators; null where nobody knows any more.</summary>
    public string? Owner => client;

    /// <summary>Whose turn it takes on the device: that of the client who asked for it first, or else one of its own.</summary>
    public string Client { get; } = client ?? "job " + id;

    /// <summary>How long it waits for a device in quiet, in all.</summary>
    public TimeSpan Quiet => quiet ?? QuietPatience.Default(space, settings);

    /// <summary>How far it is; null before its first report.</summary>
    public JobProgress? Present
    {
        get
        {
            lock (gate)
                return history.LastOrDefault();
        }
    }

    /// <summary>Writes what was measured. Where the store takes nothing, such as on a full disk, the job pauses, says so, and goes on by
    /// itself.</summary>
    /// <exception cref="OperationCanceledException">Cancelled while it paused.</exception>
    public Task<T> KeepAsync<T>(Func<T> write, CancellationToken cancellation) =>
        patience is null ? Task.FromResult(write()) : patience.KeepAsync(() => NotePause(write), Pause, cancellation);

    /// <summary>The same, without a result.</summary>
    /// <exception cref="OperationCanceledException">Cancelled while it paused.</exception>
    public Task KeepAsync(Action write, CancellationToken cancellation) =>
        KeepAsync(
            () =>
            {
                write();
                return true;
            },
            cancellation
        );

    /// <summary>Tells all watchers.</summary>
    public void Report(JobProgress progress) =>
        Change(() =>
        {
            history.Add(progress);
            ended = progress.TableId is not null;
        });

    /// <summary>Ends the job without a table; watchers get the exception.</summary>
    public void Fail(Exception fault) =>
        Change(() =>
        {
            failure = fault;
            ended = true;
        });

    /// <summary>The job's present state, then everything that happens to it, to its end.</summary>
    /// <param name="withHistory">Instead of the present state, everything since the service took the job up.</param>
    /// <param name="cancellation">Ends the watching, not the job.</param>
    /// <exception cref="JobFailedException">The job ended without a table.</exception>
    public async IAsyncEnumerable<JobProgress> WatchAsync(
        bool withHistory = false,
        [EnumeratorCancellation] CancellationToken cancellation = default
    )
    {
        int told = 0;
        JobProgress? present = null;
        if (!withHistory)
        {
            lock (gate)
            {
                told = history.Count;
                present = history.LastOrDefault();
            }
        }
        if (present is not null)
            yield return present with
            {
                Entry = null,
            };
        if (present?.TableId is not null)
            yield break;

        while (true)
        {
            JobProgress[] news;
            bool isLast;
            Task next;
            lock (gate)
            {
                news = [.. history.Skip(told)];
                isLast = ended;
                next = changed.Next;
            }
            foreach (JobProgress progress in news)
                yield return progress;
            told += news.Length;
            if (isLast && failure is not null)
                throw new JobFailedException(failure);
            if (isLast)
                yield break;
            await next.WaitAsync(cancellation);
        }
    }

    private void Pause(string? reason)
    {
        isPauseUnnoted |= reason is not null;
        Report((Present ?? new(0, 0, SecondsLeft: 0)) with { SecondsLeft = 0, Entry = null, Paused = reason });
    }

    private T NotePause<T>(Func<T> write)
    {
        if (isPauseUnnoted)
        {
            log.Note(JobEvent.Paused);
            isPauseUnnoted = false;
        }
        return write();
    }

    private void Change(Action change)
    {
        lock (gate)
        {
            if (ended)
                return;
            change();
            changed.Raise();
        }
    }
}
