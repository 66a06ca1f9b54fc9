using FasterSeg.Latency.Tables;

namespace FasterSeg.Profiler.Service.Measuring;

/// <summary>The samples of one session.</summary>
/// <param name="SamplesMs">Each sample's time of one run, ms, in order.</param>
/// <param name="Disturbed">Runs that were set aside, being disturbed.</param>
/// <param name="Converged">False where a cap came before the confidence interval was narrow enough.</param>
public sealed record SamplingResult(ReadOnlyMemory<double> SamplesMs, int Disturbed, bool Converged)
{
    /// <summary>The same samples, of which each was so many runs.</summary>
    public SamplingResult PerRun(int runs) =>
        runs == 1 ? this : this with { SamplesMs = Array.ConvertAll(SamplesMs.ToArray(), ms => ms / runs) };

    /// <summary>What the session alone says.</summary>
    public MeasuredLatency ToLatency() => SampleStatistics.Of(SamplesMs.Span, Disturbed, noisy: !Converged);
}
