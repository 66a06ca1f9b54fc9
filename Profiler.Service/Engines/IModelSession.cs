using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Profiler.Service.Engines;

/// <summary>A model ready to run, with everything bound.</summary>
public interface IModelSession : IWorkload, IDisposable
{
    /// <summary>Time to load, optimize and build the model, ms.</summary>
    double BuildMs { get; }

    /// <summary>Images in a batch: the first side of the first input.</summary>
    int BatchSize { get; }
}
