using FasterSeg.Latency;
using Grpc.Core;
using Grpc.Net.Client;

namespace FasterSeg.Profiler.Client;

/// <summary>The nodes of a fleet, any of which takes any call: they are tried in turn, from the one that answered last.</summary>
internal sealed class FleetNodes : IDisposable
{
    // One that hangs is given up, and the next one asked.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    private static readonly ConnectionPatience Patience = ConnectionPatience.Default with
    {
        Reach = TimeSpan.FromSeconds(5),
        Handshake = TimeSpan.FromSeconds(20),
        Quiet = TimeSpan.FromSeconds(10),
        Silence = TimeSpan.FromSeconds(10),
    };

    private readonly (Uri Address, string Name, GrpcChannel Channel)[] nodes;
    private volatile int current;

    /// <summary>Names the nodes; nothing is sent yet.</summary>
    /// <param name="urls">Addresses, with commas between them.</param>
    /// <exception cref="UsageException">One is no URL, or is there twice.</exception>
    public FleetNodes(string urls)
    {
        Name = urls;
        ProfilerCredentials credentials = ProfilerCredentials.FromEnvironment();
        Uri[] addresses = [.. urls.Split(',', StringSplitOptions.TrimEntries).Select(Parse)];
        if (addresses.Distinct().Count() < addresses.Length)
            throw new UsageException($"'{urls}' has the same address of a fleet twice.");
        nodes =
        [
            .. addresses.Select(address =>
                (address, address.GetLeftPart(UriPartial.Authority), ProfilerChannel.Open(address, credentials, Patience))
            ),
        ];
    }

    /// <summary>The fleet's addresses, for people.</summary>
    public string Name { get; }

    /// <summary>Asks one node after the other until one answers.</summary>
    /// <param name="call">The call; it has to be repeatable.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="FleetAwayException">None does it at present.</exception>
    /// <exception cref="UserErrorException">It is refused.</exception>
    public async Task<T> CallAsync<T>(Func<ChannelBase, CallOptions, AsyncUnaryCall<T>> call, CancellationToken cancellation)
    {
        UserErrorException? first = null;
        int from = current;
        for (int turn = 0; turn < nodes.Length; turn++)
        {
            int at = (from + turn) % nodes.Length;
            (Uri address, string name, GrpcChannel channel) = nodes[at];
            try
            {
                T answer = await TranslatedCall
                    .RunAsync(
                        () => call(channel, new(deadline: DateTime.UtcNow + Longest, cancellationToken: cancellation)).ResponseAsync,
                        address,
                        name,
                        cancellation,
                        first: true,
                        ProfilerErrors.Fleet
                    )
                    .ConfigureAwait(false);
                current = at;
                return answer;
            }
            catch (UserErrorException fault) when (IsAway(fault))
            {
                first ??= fault;
            }
        }
        throw new FleetAwayException(first!);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((_, _, GrpcChannel channel) in nodes)
            channel.Dispose();
    }

    private static Uri Parse(string url)
    {
        try
        {
            return ProfilerChannel.ParseAddress(url);
        }
        catch (UsageException fault)
        {
            throw new UsageException(
                $"'{url}' is no address of a fleet: write it like https://fleet:5250, several with commas in between.",
                fault
            );
        }
    }

    /// <summary>Whether it may pass: nobody answers, or who does says that it cannot now.</summary>
    private static bool IsAway(UserErrorException fault) =>
        fault is ProfilerUnreachableException
        || fault.InnerException
            is RpcException
            {
                StatusCode: StatusCode.Unavailable
                    or StatusCode.DeadlineExceeded
                    or StatusCode.Internal
                    or StatusCode.Unknown
                    or StatusCode.Cancelled
                    or StatusCode.Aborted
                    or StatusCode.ResourceExhausted
            };
}
