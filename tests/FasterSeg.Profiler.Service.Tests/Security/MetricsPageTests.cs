using System.Net;
using System.Net.Sockets;
using FasterSeg.Profiler.Service.Hosting;
using FasterSeg.Profiler.Service.Security;

namespace FasterSeg.Profiler.Service.Tests.Security;

public sealed class MetricsPageTests
{
    [Fact]
    public async Task The_page_is_at_its_own_address_only_whatever_host_a_caller_names()
    {
        string folder = Directory.CreateTempSubdirectory("fasterseg-metrics-").FullName;
        try
        {
            string keys = Path.Combine(folder, "keys");
            await File.WriteAllTextAsync(keys, AccessKeys.New("anna").Line, Stop);
            var metrics = new IPEndPoint(IPAddress.Loopback, FreePort());
            await using RunningProfiler profiler = await ProfilerHost.StartLoopbackAsync(
                new ProfilerHostOptions
                {
                    StoreFolder = folder,
                    LockFolder = folder,
                    Metrics = metrics,
                    Security = new SecurityOptions { AccessKeys = keys },
                },
                Stop
            );
            using var http = new HttpClient();
            Assert.Contains(
                "fasterseg_running_jobs",
                await http.GetStringAsync(new Uri($"http://{metrics}/metrics"), Stop),
                StringComparison.Ordinal
            );

            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(profiler.Address, "/metrics"))
            {
                Version = HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Headers = { Host = metrics.ToString() },
            };
            using HttpResponseMessage response = await http.SendAsync(request, Stop);
            Assert.DoesNotContain("fasterseg", await response.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        }
        finally
        {
            Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
