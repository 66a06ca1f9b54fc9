namespace FasterSeg.Profiler.Service.Measuring;

/// <summary>Says when there are samples enough. Knows nothing of clocks or hardware.</summary>
public interface IStoppingRule
{
    /// <summary>Looks at all samples so far.</summary>
    /// <param name="samplesMs">The samples, ms, in the order they were taken.</param>
    /// <param name="elapsedSeconds">Time since the first sample began.</param>
    StoppingDecision Decide(ReadOnlySpan<double> samplesMs, double elapsedSeconds);
}
