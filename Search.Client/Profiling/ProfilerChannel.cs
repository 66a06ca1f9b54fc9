using FasterSeg.Operators;
using Grpc.Net.Client;

namespace FasterSeg.Search.Client.Profiling;

/// <summary>Opens gRPC channels to a profiler. Nothing is sent until the first call.</summary>
internal static class ProfilerChannel
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    /// <summary>A channel to a URL; <c>http://</c> is HTTP/2 in clear text.</summary>
    public static GrpcChannel Open(Uri address) => GrpcChannel.ForAddress(address, new GrpcChannelOptions
    {
        HttpHandler = new SocketsHttpHandler
        {
            ConnectTimeout = ConnectTimeout,
            // A target machine that loses power closes nothing: only unanswered pings tell.
            KeepAlivePingDelay = TimeSpan.FromSeconds(30),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(20),
            EnableMultipleHttp2Connections = true,
            // A profiler is called directly, whatever proxy the machine browses with.
            UseProxy = false,
        },
        DisposeHttpClient = true,
    });

    /// <summary>Reads the value of <c>--profiler</c>.</summary>
    /// <exception cref="UsageException">It is no URL of a host.</exception>
    public static Uri ParseAddress(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out Uri? address) && address is { Scheme: "http" or "https", Host.Length: > 0 }
            ? address
            : throw new UsageException($"'{url}' is no address of a profiler: write it like http://192.168.1.20:5151.");
}
