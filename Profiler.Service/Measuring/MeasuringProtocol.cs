using FasterSeg.Latency;

namespace FasterSeg.Profiler.Service.Measuring;

/// <summary>One session of a measurement from beginning to end: warm-up, pilot, samples.</summary>
/// <param name="timer">Times a run.</param>
/// <param name="time">The clock that caps are held against.</param>
/// <param name="caches">The device's caches, where they can be emptied.</param>
public sealed class MeasuringProtocol(IRunTimer timer, TimeProvider time, ICacheFlush? caches = null)
{
    /// <summary>Measures a workload, on the calling thread.</summary>
    /// <exception cref="OperationCanceledException">Between two runs.</exception>
    public SamplingResult Measure(IWorkload workload, MeasurementSettings settings, CancellationToken cancellation)
    {
        if (settings.ColdCaches)
            workload = new ColdWorkload(workload, caches ?? throw new NotSupportedException("This device's caches cannot be emptied."));
        var warmupStage = new WarmupStage(timer, time, settings.WarmupSeconds);
        var samplingStage = new SamplingStage(timer, time, new MedianConfidenceRule(settings));

        WarmupResult warmup = warmupStage.Run(workload, cancellation);
        int runs = PilotStage.RunsOfASample(warmup, settings);
        if (runs > 1)
            (workload, warmup) = (new StretchedWorkload(workload, runs), warmup with { FastestMs = runs * warmup.FastestMs });
        SamplingPlan plan = PilotStage.Plan(warmup, settings);
        using (new QuietGc())
            return samplingStage.Run(workload, plan, cancellation).PerRun(runs);
    }
}
