using FasterSeg.Profiler.Service;
using FasterSeg.Profiler.Service.Security;
using FasterSeg.Protos.Fleet.V1;
using Grpc.Core;

namespace FasterSeg.Fleet.Service.Hosting;

/// <summary>Behind the gate of keys: a device's key lets it join and nothing else, and nobody else's does.</summary>
internal sealed class RoleGate(RequestDelegate next, ILogger<RoleGate> logger)
{
    private readonly RareLog rare = new(logger);

    /// <summary>Handles a request.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        bool isDevice = context.User.IsInRole(Caller.DeviceRole),
            // The endpoint says it and not the path, of which routing takes more spellings than one.
            joins = MethodOf(context) == AgentService.Descriptor.FullName;
        if (context.AsksForHealth() || isDevice == joins)
            return next(context);
        rare.Warn("A call of {Path} by {Client} was refused: its key has another role", LogText.Of(context.Request.Path), context.Client());
        StatusOnly.Write(
            context,
            StatusCode.PermissionDenied,
            isDevice
                ? "A device's key lets a device join this fleet, and nothing else."
                : "Devices join with a device's key: 'fasterseg-fleet new-key NAME device' makes one."
        );
        return Task.CompletedTask;
    }

    private static string? MethodOf(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<global::Grpc.AspNetCore.Server.GrpcMethodMetadata>()?.Method.ServiceName;
}
