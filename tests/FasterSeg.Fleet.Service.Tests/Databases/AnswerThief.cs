using System.Net;
using System.Net.Sockets;

namespace FasterSeg.Fleet.Service.Tests.Databases;

/// <summary>Stands between a program and a server. Where it is told to, it lets the next COMMIT through, and breaks the connection once the
/// server has answered, so that all is written and nobody is told.</summary>
internal sealed class AnswerThief : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly int server;
    private int wanted,
        stolen;

    /// <summary>Listens for a server's port.</summary>
    public AnswerThief(int server)
    {
        this.server = server;
        listener.Start();
        _ = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>Answers that it took.</summary>
    public int Stolen => Volatile.Read(ref stolen);

    /// <summary>Takes the answer to the next COMMIT.</summary>
    public void StealNext() => Volatile.Write(ref wanted, 1);

    public ValueTask DisposeAsync()
    {
        listener.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await listener.AcceptTcpClientAsync());
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException)
        {
            // Disposed of.
        }
    }

    private async Task ServeAsync(TcpClient accepted)
    {
        using TcpClient client = accepted,
            target = new();
        try
        {
            await target.ConnectAsync(IPAddress.Loopback, server);
            NetworkStream near = client.GetStream(),
                far = target.GetStream();
            bool takes = false;
            // With its end: BEGIN says READ COMMITTED.
            await Task.WhenAny(
                PumpAsync(near, far, bytes => takes |= bytes.IndexOf("COMMIT\0"u8) >= 0 && Interlocked.Exchange(ref wanted, 0) == 1),
                PumpAsync(far, near, _ =>
                {
                    if (!takes)
                        return;
                    Interlocked.Increment(ref stolen);
                    throw new IOException("The answer is taken.");
                })
            );
        }
        catch (Exception end) when (end is SocketException or IOException or ObjectDisposedException)
        {
            // One of them is gone.
        }
    }

    private delegate void Look(ReadOnlySpan<byte> bytes);

    private static async Task PumpAsync(NetworkStream from, NetworkStream to, Look look)
    {
        byte[] buffer = new byte[1 << 16];
        while (await from.ReadAsync(buffer) is > 0 and int read)
        {
            look(buffer.AsSpan(0, read));
            await to.WriteAsync(buffer.AsMemory(0, read));
        }
    }
}
