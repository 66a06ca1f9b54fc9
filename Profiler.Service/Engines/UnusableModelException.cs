using FasterSeg.Latency;

namespace FasterSeg.Profiler.Service.Engines;

/// <summary>A model that cannot be measured; the message is a sentence that says why.</summary>
public sealed class UnusableModelException(string message, Exception? innerException = null) : UserErrorException(message, innerException);
