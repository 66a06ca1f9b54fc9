using FasterSeg.Operators;
using Grpc.Net.Client;

namespace FasterSeg.Search.Client.Profiling;

/// <summary>Opens gRPC channels to a profiler. Nothing is sent until the first call.</summary>
internal static class ProfilerChannel
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ReconnectPause = TimeSpan.FromSeconds(0.4);

    /// <summary>A channel to a URL; <c>http://</c> is HTTP/2 in clear text.</summary>
    /// <param name="address">The profiler.</param>
    /// <param name="credentials">What the client shows it.</param>
    /// <exception cref="UsageException">A key would go over the network for everybody to read.</exception>
    public static GrpcChannel Open(Uri address, ProfilerCredentials credentials)
    {
        if (credentials.Key is not null && address is { Scheme: "http", IsLoopback: false })
            throw new UsageException($"The access key would be sent to {address} unencrypted: use https://, or a tunnel to 127.0.0.1.");
        return Channel(address, credentials);
    }

    private static GrpcChannel Channel(Uri address, ProfilerCredentials credentials) => GrpcChannel.ForAddress(address, new GrpcChannelOptions
    {
        HttpHandler = WithKey(credentials.Key, new SocketsHttpHandler
        {
            SslOptions = credentials.Tls(),
            ConnectTimeout = ConnectTimeout,
            // A target machine that loses power closes nothing: only unanswered pings tell.
            KeepAlivePingDelay = TimeSpan.FromSeconds(30),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(20),
            EnableMultipleHttp2Connections = true,
            // A profiler is called directly, whatever proxy the machine browses with.
            UseProxy = false,
        }),
        DisposeHttpClient = true,
        // Calls made while the channel pauses between two tries to connect fail unheard, and its pauses grow to two minutes: a
        // client that asks again and again would miss a profiler that is back.
        InitialReconnectBackoff = ReconnectPause,
        MaxReconnectBackoff = ReconnectPause,
    });

    private static HttpMessageHandler WithKey(string? key, HttpMessageHandler inner) => key is null ? inner : new KeyHandler(key) { InnerHandler = inner };

    /// <summary>Sends the access key with each call; gRPC's own way of doing so wants TLS, which a tunnel makes needless.</summary>
    private sealed class KeyHandler(string key) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.Authorization = new("Bearer", key);
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
