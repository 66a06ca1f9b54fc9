using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;

namespace FasterSeg.Search.Client.Reporting.Html;

/// <summary>A derived network of a run.</summary>
/// <param name="Plan">The network at its input size.</param>
/// <param name="Estimate">From the run's table; null where there is none.</param>
public sealed record NetworkContents(NetworkPlan Plan, NetworkEstimate? Estimate);
