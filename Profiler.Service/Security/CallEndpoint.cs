using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace FasterSeg.Profiler.Service.Security;

/// <summary>Where a program takes calls.</summary>
internal static class CallEndpoint
{
    /// <summary>Listens for calls over HTTP/2, with TLS where there is a certificate, and no more connections than are watched.</summary>
    /// <param name="kestrel">The server; its first endpoint is the one whose address is told.</param>
    /// <param name="address">The address.</param>
    /// <param name="silence">How long a caller may be silent before it is asked whether it is there, and then how long the answer may take:
    /// who loses power closes nothing.</param>
    /// <param name="connections">Watches them.</param>
    /// <param name="tls">The certificate; null for none.</param>
    public static void ListenForCalls(
        this KestrelServerOptions kestrel,
        IPEndPoint address,
        TimeSpan silence,
        ConnectionGuard connections,
        TlsSetup.Material? tls
    )
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = connections.Most;
        (kestrel.Limits.Http2.KeepAlivePingDelay, kestrel.Limits.Http2.KeepAlivePingTimeout) = (silence, silence);
        kestrel.Listen(address, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            connections.Watch(listen);
            if (tls is not null)
                TlsSetup.Use(listen, tls);
        });
    }
}
