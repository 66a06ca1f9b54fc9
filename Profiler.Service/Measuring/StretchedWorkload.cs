namespace FasterSeg.Profiler.Service.Measuring;

/// <summary>A workload of several runs back to back, for runs that are too short to be timed one by one.</summary>
/// <param name="workload">One run.</param>
/// <param name="runs">How many.</param>
public sealed class StretchedWorkload(IWorkload workload, int runs) : IWorkload
{
    /// <inheritdoc/>
    public void Prepare() => workload.Prepare();

    /// <inheritdoc/>
    public void Run()
    {
        for (int i = 0; i < runs; i++)
            workload.Run();
    }
}
