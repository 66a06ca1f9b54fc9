using System.Net;
using System.Net.Sockets;
using FasterSeg.Latency;
using Grpc.Net.Client;

namespace FasterSeg.Profiler.Client;

/// <summary>Opens gRPC channels to a profiler. Nothing is sent until the first call.</summary>
internal static class ProfilerChannel
{
    /// <summary>A channel to a URL; <c>http://</c> is HTTP/2 in clear text.</summary>
    /// <param name="address">The profiler.</param>
    /// <param name="credentials">What the client shows it.</param>
    /// <param name="patience">How long its connections are waited for; null is the usual.</param>
    /// <param name="reached">Told when the machine takes a connection, before anything is said on it.</param>
    /// <param name="pool">The pool of a fleet that all calls are for; null names none.</param>
    /// <exception cref="UsageException">A key would go over the network for everybody to read, or the pool's name cannot be
    /// one.</exception>
    public static GrpcChannel Open(
        Uri address,
        ProfilerCredentials credentials,
        ConnectionPatience? patience = null,
        Action? reached = null,
        string? pool = null
    )
    {
        if (credentials.Key is not null && address is { Scheme: "http", IsLoopback: false })
            throw new UsageException($"The access key would be sent to {address} unencrypted: use https://, or a tunnel to 127.0.0.1.");
        return Channel(
            address,
            credentials,
            patience ?? ConnectionPatience.Default,
            reached,
            pool is null ? null : FleetPool.Checked(pool)
        );
    }

    private static GrpcChannel Channel(
        Uri address,
        ProfilerCredentials credentials,
        ConnectionPatience patience,
        Action? reached,
        string? pool
    ) =>
        GrpcChannel.ForAddress(
            address,
            new GrpcChannelOptions
            {
                HttpHandler = WithMetadata(
                    credentials.Key,
                    pool,
                    new SocketsHttpHandler
                    {
                        SslOptions = credentials.Tls(),
                        // With a callback of our own gRPC leaves connecting to the handler: each call tries anew, while gRPC's own way
                        // makes pauses between two tries, in which calls fail unheard.
                        ConnectCallback = (context, token) => ConnectAsync(context.DnsEndPoint, patience.Reach, reached, token),
                        ConnectTimeout = patience.Handshake,
                        // A target machine that loses power closes nothing: only unanswered pings tell.
                        KeepAlivePingDelay = patience.Quiet,
                        KeepAlivePingTimeout = patience.Silence,
                        EnableMultipleHttp2Connections = true,
                        // A profiler is called directly, whatever proxy the machine browses with.
                        UseProxy = false,
                    }
                ),
                DisposeHttpClient = true,
            }
        );

    /// <summary>Connects to the first of the host's addresses that takes it.</summary>
    /// <exception cref="SocketException">None does; TimedOut where none answers within the limit.</exception>
    internal static async ValueTask<Stream> ConnectAsync(DnsEndPoint host, TimeSpan limit, Action? reached, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            patience.CancelAfter(limit);
            await socket.ConnectAsync(host, patience.Token).ConfigureAwait(false);
            reached?.Invoke();
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            socket.Dispose();
            throw new SocketException((int)SocketError.TimedOut);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static HttpMessageHandler WithMetadata(string? key, string? pool, HttpMessageHandler inner) =>
        (key ?? pool) is null ? inner : new MetadataHandler(key, pool) { InnerHandler = inner };

    /// <summary>Sends access key and pool with each call; gRPC's own way of sending a key wants TLS, which a tunnel makes
    /// needless.</summary>
    private sealed class MetadataHandler(string? key, string? pool) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (key is not null)
                request.Headers.Authorization = new("Bearer", key);
            if (pool is not null)
                request.Headers.TryAddWithoutValidation(FleetPool.Header, pool);
            return base.SendAsync(request, cancellationToken);
        }
    }

    /// <summary>Reads the value of <c>--profiler</c>.</summary>
    /// <exception cref="UsageException">It is no URL of a host.</exception>
    public static Uri ParseAddress(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out Uri? address) && address is { Scheme: "http" or "https", Host.Length: > 0 }
            ? address
            : throw new UsageException($"'{url}' is no address of a profiler: write it like http://192.168.1.20:5151.");
}
