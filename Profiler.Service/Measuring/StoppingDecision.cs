namespace FasterSeg.Profiler.Service.Measuring;

/// <summary>What a stopping rule says about the samples so far.</summary>
public enum StoppingDecision
{
    /// <summary>Take more.</summary>
    Continue,

    /// <summary>Enough: the estimate is as sure as was asked.</summary>
    Converged,

    /// <summary>More samples make it no surer: keep what is there and flag it noisy.</summary>
    Plateau,

    /// <summary>Time is up: keep what is there and flag it noisy.</summary>
    Capped,
}
