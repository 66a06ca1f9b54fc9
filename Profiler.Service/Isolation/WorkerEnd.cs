namespace FasterSeg.Profiler.Service.Isolation;

/// <summary>Why a worker ended in the middle of a measurement.</summary>
public enum WorkerEnd
{
    /// <summary>It reached a limit, or said what is wrong: the model's doing.</summary>
    Limit,

    /// <summary>It ended by itself, by a signal of its own or an exit code: the model's doing, or that of the one before.</summary>
    Crash,

    /// <summary>Somebody else ended it, or kept it from running: it says nothing of the model.</summary>
    Outside,
}
