namespace FasterSeg.Profiler.Service.Isolation;

/// <summary>The worker process ended, or was ended, in the middle of a measurement; the message says why, with its last words.</summary>
/// <param name="message">Why, in a sentence.</param>
/// <param name="end">Whose doing it was.</param>
public sealed class WorkerFailedException(string message, WorkerEnd end = WorkerEnd.Limit) : Exception(message)
{
    /// <summary>Whose doing it was.</summary>
    public WorkerEnd End => end;

    /// <summary>The worker ended without having reached a limit: a second try may succeed.</summary>
    public bool ByItself => end != WorkerEnd.Limit;
}
