using FasterSeg.Profiler.Service.Jobs;
using FasterSeg.Profiler.Service.Tests.Hosting;

namespace FasterSeg.Profiler.Service.Tests.Jobs;

/// <summary>A log that takes its time: jobs begin with a line in it.</summary>
internal sealed class HeldLog : LineLogger<TableJobs>, IDisposable
{
    private readonly TaskCompletionSource released;

    public HeldLog()
        : this(new(TaskCreationOptions.RunContinuationsAsynchronously)) { }

    private HeldLog(TaskCompletionSource released)
        : base(_ => released.Task.Wait(TestContext.Current.CancellationToken)) => this.released = released;

    public void Release() => released.TrySetResult();

    public void Dispose() => Release();
}
