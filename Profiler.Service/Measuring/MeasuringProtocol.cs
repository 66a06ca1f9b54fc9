namespace FasterSeg.Profiler.Service.Measuring;

/// <summary>One measurement from beginning to end: warm-up, pilot, samples, statistics.</summary>
public sealed class MeasuringProtocol(IRunTimer timer, TimeProvider time)
{
    /// <summary>Measures a workload, on the calling thread.</summary>
    /// <exception cref="OperationCanceledException">Between two runs.</exception>
    public Measurement Measure(IWorkload workload, MeasurementSettings settings, CancellationToken cancellation)
    {
        var warmupStage = new WarmupStage(timer, time, settings.WarmupSeconds);
        var samplingStage = new SamplingStage(timer, time, new MedianConfidenceRule(settings));

        WarmupResult warmup = warmupStage.Run(workload, cancellation);
        SamplingPlan plan = PilotStage.Plan(warmup, settings);
        SamplingResult result;
        using (new QuietGc())
            result = samplingStage.Run(workload, plan, cancellation);
        return new(SampleStatistics.Of(result.SamplesMs.Span), !result.Converged, result.Disturbed, warmup);
    }
}
