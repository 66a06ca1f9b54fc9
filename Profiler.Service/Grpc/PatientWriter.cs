using Grpc.Core;

namespace FasterSeg.Profiler.Service.Grpc;

/// <summary>A stream of answers to a client that has to read them: one that lets them lie holds what others wait for.</summary>
/// <param name="inner">The stream.</param>
/// <param name="context">Its call.</param>
/// <param name="time">The clock of the patience.</param>
internal sealed class PatientWriter<T>(IServerStreamWriter<T> inner, ServerCallContext context, TimeProvider time) : IServerStreamWriter<T>
    where T : class
{
    /// <inheritdoc/>
    public WriteOptions? WriteOptions
    {
        get => inner.WriteOptions;
        set => inner.WriteOptions = value;
    }

    /// <inheritdoc/>
    public Task WriteAsync(T message) => WriteAsync(message, CancellationToken.None);

    /// <inheritdoc/>
    /// <exception cref="RpcException">CANCELLED: nothing was read for too long; the call is at its end.</exception>
    public async Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        Task write = inner.WriteAsync(message, cancellationToken);
        if (write.IsCompleted)
        {
            await write;
            return;
        }
        try
        {
            await write.WaitAsync(UnreadAnswers.Patience, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // No status reaches who does not read; the write itself ends with the stream.
            context.GetHttpContext().Abort();
            throw new RpcException(
                new Status(StatusCode.Cancelled, $"Nothing of the answers was read for {UnreadAnswers.Patience.TotalSeconds:0} s.")
            );
        }
    }
}
