using System.Net;
using System.Net.Sockets;
using FasterSeg.Profiler.Service.Security;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace FasterSeg.Profiler.Service.Pages;

/// <summary>The address of the page for people: browsers do not speak what gRPC does without TLS.</summary>
internal static class PageAddress
{
    /// <summary>Has the server listen there. Where nobody named the address and another program has it, there is no page.</summary>
    /// <param name="builder">The server's.</param>
    /// <param name="page">Where.</param>
    /// <param name="mayLack">Whether nobody named it.</param>
    /// <param name="use">What comes in front of requests: the watch over connections, TLS.</param>
    /// <returns>False where there is no page.</returns>
    public static bool TryAdd(WebApplicationBuilder builder, IPEndPoint page, bool mayLack, Action<ListenOptions> use)
    {
        if (mayLack)
        {
            Socket? bound = TryBind(page);
            if (bound is null)
                return false;
            // Taken now, so that none comes between.
            builder.WebHost.UseSockets(sockets =>
                sockets.CreateBoundListenSocket = where =>
                    Equals(where, page) && Interlocked.Exchange(ref bound, null) is { } mine
                        ? mine
                        : SocketTransportOptions.CreateDefaultBoundListenSocket(where)
            );
        }
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(page, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                var mark = new PageConnection(IPAddress.IsLoopback(page.Address));
                listen.Use(next =>
                    connection =>
                    {
                        connection.Features.Set(mark);
                        return next(connection);
                    }
                );
                use(listen);
            }));
        return true;
    }

    /// <summary>Whether this program could listen on an address now.</summary>
    public static bool IsFree(IPEndPoint address)
    {
        using Socket? socket = TryBind(address);
        return socket is not null;
    }

    private static Socket? TryBind(IPEndPoint page)
    {
        Socket? socket = null;
        try
        {
            socket = SocketTransportOptions.CreateDefaultBoundListenSocket(page);
            // Two programs may bind one address as long as neither listens there.
            socket.Listen();
            return socket;
        }
        catch (SocketException)
        {
            socket?.Dispose();
            return null;
        }
    }
}
