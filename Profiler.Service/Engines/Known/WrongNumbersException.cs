namespace FasterSeg.Profiler.Service.Engines.Known;

/// <summary>
/// A device computes wrong numbers, and nothing is measured on it; the message is a sentence that names the worst operator.
/// </summary>
public sealed class WrongNumbersException(string message) : Exception(message);
