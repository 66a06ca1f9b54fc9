using System.IO.Pipelines;
using FasterSeg.Profiler.Service.Security;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;
using Proto = FasterSeg.Protos.Profiler.V1;

namespace FasterSeg.Profiler.Service.Grpc;

/// <summary>
/// Requests before gRPC has read them. They are metered (<see cref="RequestMeter"/>), and bytes that are no message are their sender's
/// fault: gRPC reads a request before any interceptor sees it and calls whatever goes wrong there UNKNOWN; here it becomes INVALID_ARGUMENT
/// with a sentence, and a line of the log.
/// </summary>
internal static class UnreadableRequests
{
    /// <summary>The refusal.</summary>
    public static Status Refusal { get; } =
        new(
            StatusCode.InvalidArgument,
            "The request cannot be read: its bytes are no message of this profiler's contract (truncated, or of another version)."
        );

    /// <summary>Meters the requests of these endpoints, and refuses those that cannot be read.</summary>
    /// <param name="endpoints">They.</param>
    /// <param name="services">Where the budget, the clock and the log are.</param>
    public static TBuilder Metered<TBuilder>(this TBuilder endpoints, IServiceProvider services)
        where TBuilder : IEndpointConventionBuilder
    {
        var budget = services.GetRequiredService<UploadBudget>();
        var time = services.GetRequiredService<TimeProvider>();
        var rare = new RareLog(services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(UnreadableRequests).FullName!));
        endpoints.Add(endpoint =>
        {
            RequestDelegate? inner = endpoint.RequestDelegate;
            if (inner is null)
                return;
            IMethod? method = endpoint.Metadata.OfType<GrpcMethodMetadata>().FirstOrDefault()?.Method;
            bool takesFiles = method is { Name: "MeasureModel" } && method.ServiceName == Proto.ProfilerService.Descriptor.FullName,
                isHurried = method?.Type is not MethodType.DuplexStreaming;
            endpoint.RequestDelegate = async context =>
            {
                using var meter = new RequestMeter(context.Request.BodyReader, budget, context.Client(), time, takesFiles, isHurried);
                context.Features.Set<IRequestBodyPipeFeature>(new Body(meter));
                await CallAsync(inner, context, rare);
            };
        });
        return endpoints;
    }

    private static async Task CallAsync(RequestDelegate inner, HttpContext context, RareLog rare)
    {
        await inner(context);
        // Whatever a service throws has a status of its own (FaultInterceptor): this is of a request that never got there.
        if (context.Features.Get<IServerCallContextFeature>()?.ServerCallContext.Status is not { StatusCode: StatusCode.Unknown } status)
            return;
        rare.Warn(
            "A request for {Path} of {Client} cannot be read: {Reason}",
            LogText.Of(context.Request.Path),
            LogText.Of(context.Client()),
            LogText.Of(status.DebugException?.Message ?? status.Detail)
        );
        if (!context.Response.HasStarted)
            StatusOnly.Write(context, Refusal.StatusCode, Refusal.Detail);
    }

    private sealed record Body(PipeReader Reader) : IRequestBodyPipeFeature;
}
