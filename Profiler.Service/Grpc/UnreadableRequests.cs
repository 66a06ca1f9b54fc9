using FasterSeg.Profiler.Service.Security;
using Google.Protobuf;
using Grpc.AspNetCore.Server;
using Grpc.Core;

namespace FasterSeg.Profiler.Service.Grpc;

/// <summary>
/// Bytes that are no message are their sender's fault. gRPC reads a request before any interceptor sees it and calls whatever goes wrong
/// there UNKNOWN; here it becomes INVALID_ARGUMENT with a sentence.
/// </summary>
internal static class UnreadableRequests
{
    /// <summary>The refusal.</summary>
    public static Status Refusal { get; } =
        new(
            StatusCode.InvalidArgument,
            "The request cannot be read: its bytes are no message of this profiler's contract (truncated, or of another version)."
        );

    /// <summary>Refuses them at these endpoints.</summary>
    public static TBuilder RefuseUnreadable<TBuilder>(this TBuilder endpoints)
        where TBuilder : IEndpointConventionBuilder
    {
        endpoints.Add(endpoint =>
        {
            RequestDelegate? inner = endpoint.RequestDelegate;
            if (inner is not null)
                endpoint.RequestDelegate = context => CallAsync(inner, context);
        });
        return endpoints;
    }

    private static async Task CallAsync(RequestDelegate inner, HttpContext context)
    {
        await inner(context);
        if (
            !context.Response.HasStarted
            && context.Features.Get<IServerCallContextFeature>()?.ServerCallContext.Status
                is { StatusCode: StatusCode.Unknown, DebugException: InvalidProtocolBufferException }
        )
            StatusOnly.Write(context.Response, Refusal.StatusCode, Refusal.Detail);
    }
}
