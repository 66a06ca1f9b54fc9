using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Profiler.Service.Isolation;

/// <summary>What a measurement may take before its worker is ended.</summary>
/// <param name="BuildSeconds">Time to load and build a model and run it once.</param>
/// <param name="MemoryBytes">Resident memory of the worker process.</param>
public sealed record WorkerLimits(double BuildSeconds, long MemoryBytes)
{
    /// <summary>A minute to build on a CPU, and four fifths of the memory that this process may use.</summary>
    public static WorkerLimits Default { get; } = new(60, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 5 * 4);

    /// <summary>Time to build an engine with TensorRT, which tries every kernel that it has, twice over: the proof of the placement builds it too.</summary>
    public const double TensorRtBuildSeconds = 1200;

    /// <summary>The limits for an engine: as they are, but never less time than building with it takes.</summary>
    public WorkerLimits For(EngineChoice choice) =>
        choice.Provider == EngineChoice.TensorRt ? this with { BuildSeconds = Math.Max(BuildSeconds, TensorRtBuildSeconds) } : this;

    /// <summary>Time of so many sessions. Warm-up and samples have caps of their own, but a single run has none.</summary>
    public TimeSpan Of(MeasurementSettings settings, int sessions) =>
        TimeSpan.FromSeconds(sessions * (BuildSeconds + (2 * (settings.WarmupSeconds + settings.SessionSeconds))));
}
