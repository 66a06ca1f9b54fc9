namespace FasterSeg.Profiler.Service.Jobs;

/// <summary>A job ended without a table.</summary>
public sealed class JobFailedException(Exception reason) : Exception($"The table could not be built: {reason.Message}", reason)
{
    /// <summary>True where the job did not fail by itself but was stopped, by a client or by the end of the service.</summary>
    public bool IsStopped => InnerException is OperationCanceledException;
}
