namespace FasterSeg.Profiler.Service.Isolation;

/// <summary>The worker process ended, or was ended, in the middle of a measurement; the message says why, with its last words.</summary>
/// <param name="message">Why, in a sentence.</param>
/// <param name="byItself">It ended without having reached a limit: the model's doing, or an outsider's.</param>
public sealed class WorkerFailedException(string message, bool byItself = false) : Exception(message)
{
    /// <summary>The worker ended without having reached a limit: the model's doing, or an outsider's.</summary>
    public bool ByItself => byItself;
}
