using FasterSeg.Profiler.Service.Jobs;
using FasterSeg.Profiler.Service.Store;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace FasterSeg.Profiler.Service.Grpc;

/// <summary>Turns whatever else a call may throw into a status with a sentence.</summary>
/// <param name="lifetime">Tells whether the host stops.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Told of what nobody expected.</param>
/// <param name="service">What is called, for its sentences.</param>
public sealed class FaultInterceptor(
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<FaultInterceptor> logger,
    string service = "profiler"
) : Interceptor
{
    // A status that lists faults is bounded where it is made.
    private const int LongestDetail = 2500;

    /// <inheritdoc/>
    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request,
        ServerCallContext context,
        UnaryServerMethod<TRequest, TResponse> continuation
    ) => GuardAsync(() => continuation(request, context), context);

    /// <inheritdoc/>
    public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        ServerCallContext context,
        ClientStreamingServerMethod<TRequest, TResponse> continuation
    ) => GuardAsync(() => continuation(requestStream, context), context);

    /// <inheritdoc/>
    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation
    ) => GuardAsync(() => continuation(request, new PatientWriter<TResponse>(responseStream, context, time), context), context);

    /// <inheritdoc/>
    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation
    ) => GuardAsync(() => continuation(requestStream, new PatientWriter<TResponse>(responseStream, context, time), context), context);

    private Task GuardAsync(Func<Task> call, ServerCallContext context) =>
        GuardAsync(
            async () =>
            {
                await call();
                return true;
            },
            context
        );

    private async Task<T> GuardAsync<T>(Func<Task<T>> call, ServerCallContext context)
    {
        try
        {
            return await call();
        }
        catch (RpcException refusal) when (refusal.Status.Detail.Length > LongestDetail)
        {
            throw new RpcException(
                new Status(refusal.StatusCode, StatusText.Shortened(refusal.Status.Detail, LongestDetail)),
                refusal.Trailers
            );
        }
        catch (Exception fault) when (fault is not RpcException)
        {
            Status status = StatusOf(fault, context);
            throw new RpcException(new Status(status.StatusCode, StatusText.Shortened(status.Detail, LongestDetail)));
        }
    }

    private Status StatusOf(Exception fault, ServerCallContext context)
    {
        if (fault is JobFailedException { IsStopped: true } && !lifetime.ApplicationStopping.IsCancellationRequested)
            return JobRefusals.Cancelled;
        if (lifetime.ApplicationStopping.IsCancellationRequested)
            return new(StatusCode.Unavailable, $"The {service} is shutting down.");
        if (context.CancellationToken.IsCancellationRequested)
            return new(StatusCode.Cancelled, "The call was cancelled.");
        // A message within a stream; those that stand alone are refused before they come here.
        if (fault is InvalidProtocolBufferException)
            return UnreadableRequests.Refusal;
        if (fault is DeviceLostException or StoreUnavailableException)
            return new(StatusCode.Unavailable, fault.Message);
        if (ProfilerDatabase.IsOfTheDisk(fault))
            return new(StatusCode.Unavailable, $"The {service}'s store cannot be read or written at present: {fault.Message}");
        if (fault is QueueFullException)
            return new(StatusCode.ResourceExhausted, fault.Message);
        // gRPC's words for a message that is cut off, or longer than its header may say.
        if (fault is BadHttpRequestException or InvalidDataException)
            return UnreadableRequests.Refusal;
        logger.LogError(fault, "{Method} failed", LogText.Of(context.Method));
        return new(
            StatusCode.Internal,
            fault is JobFailedException ? fault.Message : $"The {service} failed, see its log: {fault.Message}"
        );
    }
}
