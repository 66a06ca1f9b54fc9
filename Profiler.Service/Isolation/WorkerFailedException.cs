namespace FasterSeg.Profiler.Service.Isolation;

/// <summary>The worker process ended, or was ended, in the middle of a measurement; the message says why, with its last words.</summary>
public sealed class WorkerFailedException(string message) : Exception(message);
