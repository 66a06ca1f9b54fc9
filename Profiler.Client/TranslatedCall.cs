using FasterSeg.Latency;
using Grpc.Core;

namespace FasterSeg.Profiler.Client;

/// <summary>Runs calls so that their failures are a <see cref="UserErrorException"/> with its sentence.</summary>
internal static class TranslatedCall
{
    /// <summary>Runs a call.</summary>
    /// <param name="call">The call.</param>
    /// <param name="address">Whom it calls.</param>
    /// <param name="name">The same, for people.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <param name="what">Who should be there, for messages.</param>
    /// <param name="first">A failure may be the address's fault: its scheme is looked at.</param>
    public static async Task<T> RunAsync<T>(
        Func<Task<T>> call,
        Uri address,
        string name,
        CancellationToken cancellationToken,
        bool first = false,
        string what = ProfilerErrors.Profiler
    )
    {
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (RpcException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (RpcException exception)
        {
            Uri? right =
                first && ProfilerErrors.MayBeAnotherScheme(exception)
                    ? await PortProbe.OtherSchemeAsync(address, cancellationToken).ConfigureAwait(false)
                    : null;
            throw right is null ? ProfilerErrors.Translate(exception, name, what) : ProfilerErrors.WrongScheme(name, right, exception);
        }
    }
}
