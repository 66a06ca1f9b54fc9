namespace FasterSeg.Profiler.Service.Measuring;

/// <summary>
/// Estimates from the warm-up what a run costs, and from that how the samples are taken: how many can come at most, so that
/// their buffer is allocated beforehand, and how many are taken between two looks at the stopping rule, whose sorting would
/// otherwise outweigh a short operator.
/// </summary>
public static class PilotStage
{
    /// <summary>Most samples of one measurement.</summary>
    public const int MostSamples = 20_000;

    /// <summary>Runs that take less than this, ms, are timed several at a time, back to back: the clock's own cost and what happens
    /// between two samples would be part of each (docs/decisions/0031).</summary>
    public const double ShortMs = 0.05;

    /// <summary>What such runs take together, ms.</summary>
    public const double StretchMs = 0.25;

    private const double CheckIntervalMs = 2;
    private const double ShortestMs = 0.001;

    /// <summary>How many runs one sample is.</summary>
    public static int RunsOfASample(WarmupResult warmup, MeasurementSettings settings) =>
        // What is emptied before a run is full again behind it.
        settings.ColdCaches
        || warmup.FastestMs >= ShortMs
            ? 1
            : (int)Math.Ceiling(StretchMs / Math.Max(warmup.FastestMs, ShortestMs));

    /// <summary>The plan for workloads of this cost.</summary>
    public static SamplingPlan Plan(WarmupResult warmup, MeasurementSettings settings)
    {
        double runMs = Math.Max(warmup.FastestMs, 1e-6);
        double affordable = Math.Ceiling(settings.SessionSeconds * 1000 / runMs) + 1;
        int most = (int)Math.Clamp(affordable, settings.MinimumSamples, Math.Max(MostSamples, settings.MinimumSamples));
        return new(most, (int)Math.Clamp(CheckIntervalMs / runMs, 1, most), settings.SessionSeconds);
    }
}
