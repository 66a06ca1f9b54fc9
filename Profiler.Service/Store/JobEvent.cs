namespace FasterSeg.Profiler.Service.Store;

/// <summary>What befell a job and left its table whole, and what its table tells of nevertheless.</summary>
public enum JobEvent
{
    /// <summary>Something from outside ended a measurement, which was made again.</summary>
    Interrupted,

    /// <summary>The profiler or the job ended, and it went on behind what it had measured.</summary>
    WentOn,

    /// <summary>The store took nothing, and it waited.</summary>
    Paused,
}
