using System.Net.Sockets;
using System.Security.Authentication;
using Grpc.Core;

namespace FasterSeg.Profiler.Client;

/// <summary>Reads from a failed call's exceptions what happened to its connection.</summary>
internal static class ConnectionFaults
{
    /// <summary>What it failed of.</summary>
    /// <param name="exception">A call that failed on this side of the connection.</param>
    public static ConnectionFault Of(RpcException exception)
    {
        Exception[] causes = [.. Causes(exception)];
        if (causes.OfType<SocketException>().FirstOrDefault() is { } socket && OfSocket(socket.SocketErrorCode) is { } fault)
            return fault;
        if (causes.OfType<AuthenticationException>().FirstOrDefault() is { } trust)
            return trust.Message.Contains("RemoteCertificateNameMismatch", StringComparison.Ordinal)
                ? ConnectionFault.OtherName
                : ConnectionFault.Untrusted;
        if (causes.Any(IsSilence))
            return ConnectionFault.Silent;
        if (causes.Any(cause => cause is HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded }))
            return ConnectionFault.Cut;
        // A socket that failed under an answer that had begun is a peer that went away, whatever it is called further out.
        if (causes.OfType<SocketException>().Any())
            return ConnectionFault.Cut;
        return causes.Any(IsAboutProtocol) || !causes.Any(cause => cause is IOException or HttpRequestException)
            ? ConnectionFault.Foreign
            : ConnectionFault.Cut;
    }

    private static ConnectionFault? OfSocket(SocketError error) =>
        error switch
        {
            SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain or SocketError.NoRecovery => ConnectionFault.UnknownHost,
            SocketError.TimedOut
            or SocketError.HostUnreachable
            or SocketError.NetworkUnreachable
            or SocketError.HostDown
            or SocketError.NetworkDown => ConnectionFault.NoWay,
            SocketError.ConnectionRefused => ConnectionFault.Refused,
            _ => null,
        };

    /// <summary>True where the handler's limit for connecting or for a ping's answer ended it.</summary>
    private static bool IsSilence(Exception cause) =>
        cause is TimeoutException
        || (cause is IOException or HttpRequestException && cause.Message.Contains("KeepAlivePing", StringComparison.Ordinal));

    /// <summary>True for what somebody answered who has no HTTP/2, or breaks its rules.</summary>
    private static bool IsAboutProtocol(Exception cause) =>
        cause
            is HttpProtocolException
                or HttpRequestException
                {
                    HttpRequestError: HttpRequestError.VersionNegotiationError
                        or HttpRequestError.HttpProtocolError
                        or HttpRequestError.InvalidResponse
                };

    private static IEnumerable<Exception> Causes(RpcException exception)
    {
        for (Exception? cause = exception.Status.DebugException; cause is not null; cause = cause.InnerException)
            yield return cause;
    }
}
