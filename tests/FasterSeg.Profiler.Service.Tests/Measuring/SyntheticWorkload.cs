using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Profiler.Service.Tests.Measuring;

/// <summary>A workload whose n-th run takes the time that a function says.</summary>
internal sealed class SyntheticWorkload(SyntheticTime time, Func<int, double> msOfRun) : IWorkload
{
    public int Runs { get; private set; }

    public void Run() => time.Advance(msOfRun(Runs++));
}
