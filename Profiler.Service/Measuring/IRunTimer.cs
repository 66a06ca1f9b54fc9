namespace FasterSeg.Profiler.Service.Measuring;

/// <summary>Times one run: by the clock on a CPU, by the device's own events where it has them.</summary>
public interface IRunTimer
{
    /// <summary>Runs the workload once and says how long that took.</summary>
    RunTime Time(IWorkload workload);
}
