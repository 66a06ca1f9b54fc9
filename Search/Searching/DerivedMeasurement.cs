using FasterSeg.Latency.Tables;
using FasterSeg.Search.Networks;

namespace FasterSeg.Search.Searching;

/// <summary>Has the networks that would be derived now measured on the target, while the search goes on with the table.</summary>
/// <param name="Every">After every so many epochs.</param>
/// <param name="Measure">Measures a network whole; waits until the target has.</param>
public sealed record DerivedMeasurement(int Every, Func<DerivedNetwork, ModelMeasurement> Measure);
