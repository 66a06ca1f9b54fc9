using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Profiler.Service.Engines;

/// <summary>A model ready to run, with everything bound.</summary>
public interface IModelSession : IWorkload, IDisposable
{
    /// <summary>Time to load, optimize and build the model, ms.</summary>
    double BuildMs { get; }

    /// <summary>Images in a batch.</summary>
    int BatchSize { get; }

    /// <summary>What its first run took, ms; 0 where that is not known.</summary>
    double FirstRunMs => 0;

    /// <summary>What an input holds, or an output after the last run, as float32. Only of a session that was opened to be read.</summary>
    /// <exception cref="NotSupportedException">It was not, or holds something else.</exception>
    float[] Read(string name) => throw new NotSupportedException($"'{name}' cannot be read from this session.");
}
