using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Xunit;

namespace FasterSeg.Profiler.Client.Tests;

/// <summary>A URL whose scheme is not the one that its port speaks, on real sockets.</summary>
public sealed class WrongSchemeTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Https_to_a_profiler_without_TLS_is_told_to_be_http()
    {
        await using FakeProfiler fake = await FakeProfiler.StartAsync();
        string url = fake.Url.Replace("http:", "https:", StringComparison.Ordinal);
        Assert.Equal($"What listens at {url} speaks plain HTTP, without TLS: write {fake.Url}.", await FailAsync(url));
    }

    [Fact]
    public async Task Http_to_a_profiler_with_TLS_is_told_to_be_https()
    {
        using X509Certificate2 certificate = TestCertificate.Make();
        await using FakeProfiler fake = await FakeProfiler.StartAsync(certificate);
        Assert.StartsWith("https:", fake.Url, StringComparison.Ordinal);
        string url = fake.Url.Replace("https:", "http:", StringComparison.Ordinal);
        Assert.Equal($"What listens at {url} speaks TLS: write {fake.Url}.", await FailAsync(url));
    }

    [Theory]
    // A web server says what it did not understand, another one hangs up without a word, or without having read.
    [InlineData(
        "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        "speaks plain HTTP, without TLS: write http://"
    )]
    [InlineData("", "No profiler answers at https://")]
    [InlineData("SSH-2.0-OpenSSH_9.6\r\n", "https://")]
    public async Task Https_to_something_else_is_told_by_what_it_says(string answer, string expected)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        Task serving = ServeAsync(listener, answer, end.Token);
        string message = await FailAsync($"https://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.Equal(answer.StartsWith("HTTP", StringComparison.Ordinal), message.Contains("plain HTTP", StringComparison.Ordinal));
        await end.CancelAsync();
        await serving;
    }

    private static async Task<string> FailAsync(string url)
    {
        var fault = await Assert.ThrowsAnyAsync<FasterSeg.Latency.UserErrorException>(() => ProfilerConnection.OpenAsync(url, Stop));
        return fault.Message;
    }

    private static async Task ServeAsync(TcpListener listener, string answer, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                using TcpClient client = await listener.AcceptTcpClientAsync(stop);
                NetworkStream stream = client.GetStream();
                _ = await stream.ReadAsync(new byte[4096], stop);
                await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(answer), stop);
            }
        }
        catch (OperationCanceledException)
        {
            // The test has its answer.
        }
    }
}
