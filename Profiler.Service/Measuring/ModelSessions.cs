using FasterSeg.Latency.Tables;

namespace FasterSeg.Profiler.Service.Measuring;

/// <summary>All sessions of one network.</summary>
/// <param name="Joined">What they say together.</param>
/// <param name="SamplesMs">Each session's samples, ms, in the order they were taken; empty where nobody asked for them.</param>
public sealed record ModelSessions(ModelMeasurement Joined, IReadOnlyList<ReadOnlyMemory<double>> SamplesMs);
