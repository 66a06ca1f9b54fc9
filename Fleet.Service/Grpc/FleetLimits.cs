using FasterSeg.Profiler.Service.Security;

namespace FasterSeg.Fleet.Service.Grpc;

/// <summary>What clients may ask for.</summary>
/// <param name="Waiting">Jobs of one client in one pool.</param>
/// <param name="UploadBytes">Largest model file, bytes.</param>
internal sealed record FleetLimits(int Waiting = CallLimits.DefaultWaiting, long UploadBytes = (long)CallLimits.DefaultUploadMiB << 20)
{
    /// <summary>How long operators or a network wait where nobody measures them; who asked is then told why.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(20);
}
