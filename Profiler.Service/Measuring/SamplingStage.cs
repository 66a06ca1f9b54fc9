namespace FasterSeg.Profiler.Service.Measuring;

/// <summary>
/// Takes samples, each one timed run, until the stopping rule is content. A disturbed run is set aside and another one taken
/// for it, as long as some are not: where nearly all are disturbed, that is how the device is.
/// </summary>
public sealed class SamplingStage(IRunTimer timer, TimeProvider time, IStoppingRule rule)
{
    /// <summary>For each sample so many disturbed runs are set aside before they count as samples.</summary>
    public const int MostDisturbed = 4;

    /// <summary>Samples a warm workload.</summary>
    /// <returns>The samples, ms, in the order they were taken, and whether they converged.</returns>
    public SamplingResult Run(IWorkload workload, SamplingPlan plan, CancellationToken cancellation)
    {
        double[] samples = new double[plan.MostSamples];
        int count = 0,
            disturbed = 0;
        double waitedMs = 0;
        long start = time.GetTimestamp();
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            int next = Math.Min(count + plan.CheckEvery, samples.Length);
            while (count < next)
            {
                workload.Prepare();
                RunTime run = timer.Time(workload);
                waitedMs += run.WaitedMs;
                // Behind the cap of time another run for it costs more than it brings.
                if (run.Disturbed && disturbed < MostDisturbed * (count + MedianInterval.FewestSamples) && Seconds() < plan.CapSeconds)
                    disturbed++;
                else
                    samples[count++] = run.Ms;
            }

            StoppingDecision decision = rule.Decide(samples.AsSpan(0, count), Seconds());
            if (decision != StoppingDecision.Continue || count == samples.Length)
                return new(samples.AsMemory(0, count), disturbed, Converged: decision == StoppingDecision.Converged);
        }

        double Seconds() => time.GetElapsedTime(start).TotalSeconds - (waitedMs / 1000);
    }
}
