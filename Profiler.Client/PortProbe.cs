using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace FasterSeg.Profiler.Client;

/// <summary>
/// Finds out whether a port speaks the other scheme than the one its URL says, after a call to it failed. Either side cuts the
/// connection where it hears the other's language, often without a word, so that only asking in that language tells.
/// </summary>
internal static class PortProbe
{
    // It only makes a failure's sentence better: whoever says nothing for so long gets the other sentence.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    // The client's first words in HTTP/2 (RFC 9113, 3.4): the preface and an empty SETTINGS frame.
    private static readonly byte[] Preface = [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, 0, 0, 0, 4, 0, 0, 0, 0, 0];

    /// <summary>The same address under the scheme that its port speaks, where that is the other one; else null.</summary>
    /// <param name="address">Whom a call failed to reach, <c>http</c> or <c>https</c>.</param>
    /// <param name="cancellation">Stops it.</param>
    public static async Task<Uri?> OtherSchemeAsync(Uri address, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Longest);
        bool isTls = address.Scheme == Uri.UriSchemeHttps;
        try
        {
            Stream stream = await ProfilerChannel
                .ConnectAsync(new DnsEndPoint(address.IdnHost, address.Port), Longest, reached: null, limit.Token)
                .ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
            {
                bool other = isTls
                    ? await SpeaksPlainAsync(stream, limit.Token).ConfigureAwait(false)
                    : await SpeaksTlsAsync(stream, address.IdnHost, limit.Token).ConfigureAwait(false);
                // The port stays: 443 and 80 are the schemes' own and would be left out.
                return other
                    ? new UriBuilder(address) { Scheme = isTls ? Uri.UriSchemeHttp : Uri.UriSchemeHttps, Port = address.Port }.Uri
                    : null;
            }
        }
        catch (Exception fault)
            when (fault is IOException or SocketException || (fault is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return null;
        }
    }

    /// <summary>True where the first answer is HTTP, of version 1 or 2.</summary>
    private static async Task<bool> SpeaksPlainAsync(Stream stream, CancellationToken cancellation)
    {
        await stream.WriteAsync(Preface, cancellation).ConfigureAwait(false);
        byte[] first = new byte[9];
        int read = await stream.ReadAtLeastAsync(first, first.Length, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
        // A frame's head: length (3 bytes), type (4 is SETTINGS), flags, stream 0.
        return read == first.Length
            && (first.AsSpan().StartsWith("HTTP/"u8) || (first[0] == 0 && first[3] == 4 && first.AsSpan(5).IndexOfAnyExcept((byte)0) < 0));
    }

    /// <summary>True where a server shows its certificate, whosever it is.</summary>
    private static async Task<bool> SpeaksTlsAsync(Stream stream, string host, CancellationToken cancellation)
    {
        bool shown = false;
        var tls = new SslStream(stream, leaveInnerStreamOpen: true);
        await using (tls.ConfigureAwait(false))
        {
            try
            {
                await tls.AuthenticateAsClientAsync(
                        new SslClientAuthenticationOptions
                        {
                            TargetHost = host,
                            ApplicationProtocols = [SslApplicationProtocol.Http2],
                            // Nothing is sent to it.
                            RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                            {
                                shown = certificate is not null;
                                return false;
                            },
                        },
                        cancellation
                    )
                    .ConfigureAwait(false);
            }
            catch (Exception fault) when (fault is AuthenticationException or IOException)
            {
                // Refused by us after it was shown, or by the server.
            }
        }
        return shown;
    }
}
