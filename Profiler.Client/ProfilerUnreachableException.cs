using FasterSeg.Latency;

namespace FasterSeg.Profiler.Client;

/// <summary>No profiler answers at the address, or it stopped answering (exit code 3).</summary>
public sealed class ProfilerUnreachableException(string message, Exception? innerException = null)
    : UserErrorException(message, innerException);
