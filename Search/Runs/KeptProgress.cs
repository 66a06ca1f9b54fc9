using FasterSeg.Latency;

namespace FasterSeg.Search.Runs;

/// <summary>Passes progress on, and keeps the latest of it in the run, every few seconds, for whoever looks on from another program. What
/// the disk does not take is left out: it is no reason to stop.</summary>
/// <param name="inner">Gets all of it.</param>
/// <param name="path">The file, of the run whose progress it is.</param>
/// <param name="time">The clock.</param>
public sealed class KeptProgress(IProgressReporter inner, string path, TimeProvider time) : IProgressReporter
{
    /// <summary>Between two writes.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private const int MostSaid = 12;

    private readonly Lock gate = new();
    private readonly List<string> said = [];
    private readonly DateTimeOffset began = time.GetUtcNow();
    private RunProgress? latest;
    private long? written;

    // Of the task at hand, to tell how long it will take.
    private (string Task, double Done, long At)? start;

    /// <summary>Notes that the work has begun, before it has anything to tell.</summary>
    public void Begin()
    {
        lock (gate)
            Write();
    }

    /// <inheritdoc/>
    public void Report(string task, double done, double total, TimeSpan? left = null, string latest = "")
    {
        lock (gate)
        {
            if (start is not { } first || first.Task != task)
                start = first = (task, done, time.GetTimestamp());
            double advanced = done - first.Done;
            double? seconds =
                left < TimeSpan.Zero ? null
                : left is { } told ? told.TotalSeconds
                : advanced > 0 && total > done ? time.GetElapsedTime(first.At).TotalSeconds * ((total - done) / advanced)
                : null;
            this.latest = Now(task, done, total, seconds, latest);
            WriteSometimes();
        }
        inner.Report(task, done, total, left, latest);
    }

    /// <inheritdoc/>
    public void Say(string line)
    {
        lock (gate)
        {
            said.Add(line);
            if (said.Count > MostSaid)
                said.RemoveAt(0);
            WriteSometimes();
        }
        inner.Say(line);
    }

    /// <summary>Notes the end of the work.</summary>
    /// <param name="state">How it ended.</param>
    /// <param name="failure">Why it failed; null where it did not.</param>
    public void End(WorkState state, string? failure = null)
    {
        lock (gate)
        {
            latest = (latest ?? Now("", 0, 0, null, "")) with { State = state, Failure = failure, SecondsLeft = null };
            Write();
        }
    }

    private RunProgress Now(string task, double done, double total, double? left, string words) =>
        new(task, done, total, left, words, WorkState.Running, Failure: null, began, time.GetUtcNow(), []);

    private void WriteSometimes()
    {
        if (written is { } last && time.GetElapsedTime(last) < Pause)
            return;
        Write();
    }

    private void Write()
    {
        written = time.GetTimestamp();
        RunProgress now = (latest ?? Now("", 0, 0, null, "")) with { News = time.GetUtcNow(), Said = [.. said] };
        try
        {
            RunJson.Save(path, now);
        }
        catch (UserErrorException)
        {
            // A full disk, say: the phase itself tells it.
        }
    }
}
