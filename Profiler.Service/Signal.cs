namespace FasterSeg.Profiler.Service;

/// <summary>Tells all who wait that something has changed, again and again. Safe for use by any number of threads.</summary>
public sealed class Signal
{
    private TaskCompletionSource next = New();

    /// <summary>Ends with the next change. Who looks at what may change takes it before the look, and misses nothing.</summary>
    public Task Next => Volatile.Read(ref next).Task;

    /// <summary>Something has changed. Who waits goes on in other threads: it may be called under a lock.</summary>
    public void Raise() => Interlocked.Exchange(ref next, New()).SetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
