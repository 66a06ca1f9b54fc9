using FasterSeg.Profiler.Service.Security;

namespace FasterSeg.Fleet.Service.Grpc;

/// <summary>What clients may ask for.</summary>
/// <param name="Waiting">Jobs of one client in one pool.</param>
/// <param name="UploadBytes">Largest model file, bytes.</param>
internal sealed record FleetLimits(int Waiting = CallLimits.DefaultWaiting, long UploadBytes = (long)CallLimits.DefaultUploadMiB << 20);
