using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace FasterSeg.Fleet.Service.Tests;

/// <summary>Ports for programs that are stopped, or killed, and started again where they were.</summary>
internal static class FreePort
{
    /// <summary>One that nobody has. Below those that systems give to outgoing connections: one of these might have it while the program is
    /// stopped, or even call itself.</summary>
    public static int Next()
    {
        while (true)
        {
            int port = RandomNumberGenerator.GetInt32(15000, 32000);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it.
            }
        }
    }
}
