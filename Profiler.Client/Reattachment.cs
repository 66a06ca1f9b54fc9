using Grpc.Core;

namespace FasterSeg.Profiler.Client;

/// <summary>
/// Calls a server stream again where the connection breaks. The profiler's jobs outlive their callers, so a second call
/// attaches to what the first one started. Gives up after a few calls in a row that brought nothing new.
/// </summary>
/// <param name="time">Paces the calls.</param>
/// <param name="address">Whom is called, for messages.</param>
/// <param name="what">Who should be there, for messages.</param>
/// <param name="goesOn">Whether a fleet's job goes on without its caller.</param>
internal sealed class Reattachment(TimeProvider time, string address, string what = ProfilerErrors.Profiler, bool goesOn = false)
{
    // Half a minute in all: a service manager waits some seconds before it starts a profiler again, and a loaded machine takes some to do
    // it.
    private static readonly TimeSpan[] Pauses =
    [
        TimeSpan.FromSeconds(0.5),
        TimeSpan.FromSeconds(1),
        TimeSpan.FromSeconds(2),
        TimeSpan.FromSeconds(4),
        TimeSpan.FromSeconds(7),
        TimeSpan.FromSeconds(7),
        TimeSpan.FromSeconds(8),
    ];

    private int furthest;
    private int total;
    private bool progressed;

    /// <summary>Notes what the stream said; new results renew the patience.</summary>
    public void Advance(int done, int of)
    {
        total = of;
        if (done <= furthest)
            return;
        furthest = done;
        progressed = true;
    }

    /// <summary>Makes the call until it ends, again and again where its connection breaks.</summary>
    /// <param name="call">Makes the call and reads its stream to the end; false where it ended before its time.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="ProfilerUnreachableException">The profiler stopped answering.</exception>
    public async Task RunAsync(Func<CancellationToken, Task<bool>> call, CancellationToken cancellationToken)
    {
        for (int failures = 0; ; failures++)
        {
            RpcException? broken = null;
            try
            {
                if (await call(cancellationToken).ConfigureAwait(false))
                    return;
            }
            catch (RpcException exception) when (!cancellationToken.IsCancellationRequested && ProfilerErrors.IsBrokenConnection(exception))
            {
                broken = exception;
            }
            if (progressed)
                failures = 0;
            progressed = false;
            if (failures >= Pauses.Length)
            {
                string reached = total > 0 ? $" after {furthest} of {total} measurements" : "";
                // Whoever still answers says itself why it does not go on.
                string reason = broken is { Status: { DebugException: null, Detail.Length: > 0 } }
                    ? $" ({broken.Status.Detail.TrimEnd('.')})"
                    : "";
                throw new ProfilerUnreachableException(
                    $"The {what} at {address} stopped answering{reached}{reason}, and nothing was written: "
                        + (
                            what == ProfilerErrors.Fleet && goesOn
                                ? "its job goes on by itself, and the same command attaches to it when the fleet answers again."
                                : "start it again and repeat the command."
                        ),
                    broken
                );
            }
            await Task.Delay(Pauses[failures], time, cancellationToken).ConfigureAwait(false);
        }
    }
}
