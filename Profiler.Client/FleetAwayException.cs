using FasterSeg.Latency;

namespace FasterSeg.Profiler.Client;

/// <summary>No node of a fleet does what it is asked at present; it may do so later, by itself.</summary>
/// <param name="fault">What is told where nobody waits for it.</param>
public sealed class FleetAwayException(UserErrorException fault) : UserErrorException(fault.Message, fault)
{
    /// <summary>What is told where nobody waits for it.</summary>
    public UserErrorException Fault => (UserErrorException)InnerException!;
}
