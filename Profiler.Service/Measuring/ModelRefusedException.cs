namespace FasterSeg.Profiler.Service.Measuring;

/// <summary>What of a request makes a network impossible to measure.</summary>
public enum RefusedPart
{
    /// <summary>The model itself, or what it takes of time and memory.</summary>
    Model,

    /// <summary>The file, before anything of it ran.</summary>
    File,

    /// <summary>The process that measured it ended in the middle: the model's doing, or an outsider's.</summary>
    Process,

    /// <summary>The batch that was asked for: the model is made for another one.</summary>
    BatchSize,
}

/// <summary>A network cannot be measured; the message says why, and what to do.</summary>
/// <param name="part">What is to blame.</param>
/// <param name="message">Why, in a sentence.</param>
/// <param name="innerException">What was behind it.</param>
public sealed class ModelRefusedException(RefusedPart part, string message, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>What is to blame.</summary>
    public RefusedPart Part => part;
}
