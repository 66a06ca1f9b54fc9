using FasterSeg.Profiler.Service;
using FasterSeg.Profiler.Service.Security;
using FasterSeg.Protos.Fleet.V1;
using Grpc.Core;

namespace FasterSeg.Fleet.Service.Hosting;

/// <summary>Behind the gate of keys: a device's key lets a device join and an agent take chains, and nothing else, and nobody else's
/// does.</summary>
internal sealed class RoleGate(RequestDelegate next, ILogger<RoleGate> logger)
{
    private readonly RareLog rare = new(logger);

    /// <summary>Handles a request.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        // The endpoint says it and not the path, of which routing takes more spellings than one.
        string? service = ServiceOf(context);
        bool isDevice = context.User.IsInRole(Caller.DeviceRole),
            joins = service == AgentService.Descriptor.FullName,
            takes = service == ChainService.Descriptor.FullName;
        if (context.AsksForHealth() || isDevice == (joins || takes))
            return next(context);
        rare.Warn("A call of {Path} by {Client} was refused: its key has another role", LogText.Of(context.Request.Path), context.Client());
        StatusOnly.Write(
            context,
            StatusCode.PermissionDenied,
            isDevice ? "A device's key lets a device join this fleet, or an agent take chains, and nothing else."
                : takes ? "Agents take chains with a device's key: 'fasterseg-fleet new-key NAME device' makes one."
                : "Devices join with a device's key: 'fasterseg-fleet new-key NAME device' makes one."
        );
        return Task.CompletedTask;
    }

    private static string? ServiceOf(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<global::Grpc.AspNetCore.Server.GrpcMethodMetadata>()?.Method.ServiceName;
}
