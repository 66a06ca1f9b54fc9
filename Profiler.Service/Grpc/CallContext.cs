using FasterSeg.Profiler.Service.Security;
using Grpc.Core;

namespace FasterSeg.Profiler.Service.Grpc;

/// <summary>What the services want to know of a call.</summary>
internal static class CallContext
{
    /// <summary>Who calls (<see cref="Caller"/>).</summary>
    public static string Client(this ServerCallContext context) => context.GetHttpContext().Client();

    /// <summary>Whether the caller may cancel everybody's jobs.</summary>
    public static bool IsOperator(this ServerCallContext context) => context.GetHttpContext().IsOperator();

    /// <summary>Cancelled with the call, and when the service stops, which would otherwise wait for the call; to be disposed of.</summary>
    public static CancellationTokenSource EndWith(this ServerCallContext context, IHostApplicationLifetime lifetime) =>
        CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
}
