namespace FasterSeg.Profiler.Service.Jobs;

/// <summary>The profiler has as many table jobs as it takes.</summary>
/// <param name="running">How many are running.</param>
public sealed class TooManyJobsException(int running)
    : Exception($"The profiler has {running} table jobs already, the most that it takes: wait for one to end, or cancel one.");
