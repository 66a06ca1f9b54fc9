using FasterSeg.Latency.Estimating;
using FasterSeg.Latency.Networks;
using FasterSeg.Search.Runs;
using FasterSeg.Search.Training;

namespace FasterSeg.Search.Client.Reporting.Html;

/// <summary>A derived network of a run.</summary>
/// <param name="Plan">The network at its input size.</param>
/// <param name="Estimate">From the run's table; null where there is none.</param>
/// <param name="Shortened">How its training was cut short; null where it was not.</param>
/// <param name="Unfinished">How far its training is; null where it has not begun, or has come to its end.</param>
public sealed record NetworkContents(
    NetworkPlan Plan,
    NetworkEstimate? Estimate,
    ShortenedTraining? Shortened = null,
    UnfinishedTraining? Unfinished = null
);
