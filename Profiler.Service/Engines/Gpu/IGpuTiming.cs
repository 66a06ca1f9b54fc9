using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Profiler.Service.Engines.Gpu;

/// <summary>How runs on a GPU are timed in this build.</summary>
public interface IGpuTiming
{
    /// <summary>Times the runs.</summary>
    IRunTimer Timer { get; }

    /// <summary>Address of the CUDA stream that the provider has to run on; null where it takes its own.</summary>
    nint? Stream { get; }
}
