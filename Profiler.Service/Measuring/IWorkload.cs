namespace FasterSeg.Profiler.Service.Measuring;

/// <summary>Something whose single run is timed. Its inputs and outputs are bound beforehand.</summary>
public interface IWorkload
{
    /// <summary>What each run needs beforehand, untimed; no managed allocation.</summary>
    void Prepare() { }

    /// <summary>One run, to its end; nothing else, and no managed allocation.</summary>
    void Run();
}
