namespace FasterSeg.Profiler.Service.Measuring;

/// <summary>A workload that finds cold caches in each run.</summary>
/// <param name="workload">What is timed.</param>
/// <param name="caches">What is emptied before, untimed.</param>
public sealed class ColdWorkload(IWorkload workload, ICacheFlush caches) : IWorkload
{
    /// <inheritdoc/>
    public void Prepare()
    {
        workload.Prepare();
        caches.Flush();
    }

    /// <inheritdoc/>
    public void Run() => workload.Run();
}
