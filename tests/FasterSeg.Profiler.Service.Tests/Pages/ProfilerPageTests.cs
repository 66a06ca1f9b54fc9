using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using FasterSeg.Latency;
using FasterSeg.Latency.Tables;
using FasterSeg.Profiler.Service.Configuration;
using FasterSeg.Profiler.Service.Hosting;
using FasterSeg.Profiler.Service.Security;
using FasterSeg.Profiler.Service.Tests.Security;
using FasterSeg.Profiler.Service.Tests.Store;
using Microsoft.Data.Sqlite;

namespace FasterSeg.Profiler.Service.Tests.Pages;

/// <summary>The profiler's page for people, asked for over HTTP.</summary>
public sealed class ProfilerPageTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("fasterseg-page-").FullName;
    private readonly HttpClient http = new();

    public void Dispose()
    {
        http.Dispose();
        SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task The_page_shows_device_tables_drift_and_validation_and_a_table_can_be_had()
    {
        LatencyTable first = MadeTables.Version(0),
            second = MadeTables.Version(1);
        LatencyTableJson.Save(first, Path.Combine(folder, "first.json"));
        await using (await StartAsync(new ProfilerHostOptions())) { }
        LatencyTableJson.Save(second, Path.Combine(folder, "second.json"));
        await File.WriteAllTextAsync(
            Path.Combine(folder, "second.validation.json"),
            $$"""{"table_sha256":"{{LatencyTableJson.HashOf(second)}}","results":{"estimates":[{"reporting":{"networks":7,"""
                + """ "mape":{"value":0.021},"bias":{"value":-0.01},"within5":{"value":0.9}}}]}}""",
            Stop
        );
        await using RunningProfiler profiler = await StartAsync(new ProfilerHostOptions());
        string page = await http.GetStringAsync(profiler.Page, Stop);
        Assert.Contains(WebUtility.HtmlEncode(profiler.Device.Name), page, StringComparison.Ordinal);
        string newest = LatencyTableJson.IdOf(LatencyTableJson.HashOf(second)),
            oldest = LatencyTableJson.IdOf(LatencyTableJson.HashOf(first));
        Assert.Contains($"3.200 x {oldest} (1 operators, median)", page, StringComparison.Ordinal);
        Assert.Contains("7 networks: MAPE 2.10 %, bias -1.00 %, 90 % within 5 %", page, StringComparison.Ordinal);

        using HttpResponseMessage table = await http.GetAsync(new Uri(profiler.Page!, $"/tables/{newest}.json"), Stop);
        Assert.Equal("application/json", table.Content.Headers.ContentType!.MediaType);
        Assert.Equal(LatencyTableJson.Serialize(second), await table.Content.ReadAsByteArrayAsync(Stop));
    }

    [Fact]
    public async Task The_page_shows_what_whole_networks_have_shown()
    {
        LatencyTable without = MadeTables.Version(0);
        Dictionary<string, string> facts = new()
        {
            [LatencyTable.NetworksFact] = "12 random networks measured whole",
            [LatencyTable.NetworksRangeFact] = "0.912 to 1.634",
        };
        LatencyTable before = MadeTables.Version(1).With(null, new Dictionary<string, string>(facts));
        facts[LatencyTable.NetworksDeviationFact] = "bias -1.950 %, scatter 0.620 %";
        LatencyTable plain = MadeTables.Version(2).With(null, facts),
            corrected = MadeTables.Version(3).With(new(0.97, 0, 0, 0, Networks: 12, Deviation: 0.0062), facts);
        foreach (LatencyTable table in new[] { without, before, plain, corrected })
            LatencyTableJson.Save(table, Path.Combine(folder, LatencyTableJson.HashOf(table)[..12] + ".json"));
        await using RunningProfiler profiler = await StartAsync(new ProfilerHostOptions());
        string page = WebUtility.HtmlDecode(await http.GetStringAsync(profiler.Page, Stop));
        foreach (
            string expected in new[]
            {
                "none measured",
                "12 random networks measured whole; networks of 0.912 to 1.634 ms",
                "not corrected, sums off by -1.95 %, scatter 0.62 %; networks of 0.912 to 1.634 ms",
                "corrected by 12, off by 0.62 % on others; networks of 0.912 to 1.634 ms",
            }
        )
            Assert.Contains($"data-heading=\"networks\">{expected}</td>", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/tables/..%2f..%2fetc%2fpasswd.json")]
    [InlineData("/tables/first.json")]
    [InlineData("/first.json")]
    [InlineData("/metrics")]
    [InlineData("/fasterseg.profiler.v1.ProfilerService/GetDevice")]
    public async Task Nothing_else_is_there(string path)
    {
        LatencyTableJson.Save(MadeTables.Version(0), Path.Combine(folder, "first.json"));
        await using RunningProfiler profiler = await StartAsync(new ProfilerHostOptions());
        using HttpResponseMessage answer = await http.GetAsync(new Uri(profiler.Page!, path), Stop);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task It_answers_by_no_foreign_name()
    {
        await using RunningProfiler profiler = await StartAsync(new ProfilerHostOptions());
        using var request = new HttpRequestMessage(HttpMethod.Get, profiler.Page) { Headers = { Host = "evil.example" } };
        using HttpResponseMessage answer = await http.SendAsync(request, Stop);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/page.js")]
    [InlineData("/metrics")]
    [InlineData("/grpc.health.v1.Health/Check")]
    public async Task Where_calls_need_a_key_the_page_asks_for_it_as_a_password(string path)
    {
        (string key, string line) = AccessKeys.New("anna");
        string keys = Path.Combine(folder, "keys");
        await File.WriteAllTextAsync(keys, line, Stop);
        await using RunningProfiler profiler = await StartAsync(new() { Security = new() { AccessKeys = keys } });
        using HttpResponseMessage without = await http.GetAsync(new Uri(profiler.Page!, path), Stop);
        Assert.Equal(HttpStatusCode.Unauthorized, without.StatusCode);
        Assert.StartsWith("Basic ", without.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(profiler, path, "anna:wrong"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(profiler, path, "no colon"));
        HttpStatusCode known = await StatusAsync(profiler, path, "anybody:" + key);
        Assert.Equal(path is "/" or "/page.js" ? HttpStatusCode.OK : HttpStatusCode.NotFound, known);
    }

    [Fact]
    public async Task A_password_opens_no_call()
    {
        (string key, string line) = AccessKeys.New("anna");
        string keys = Path.Combine(folder, "keys");
        await File.WriteAllTextAsync(keys, line, Stop);
        await using RunningProfiler profiler = await StartAsync(new() { Security = new() { AccessKeys = keys } });
        using var request = new HttpRequestMessage(
            HttpMethod.Post,
            new Uri(profiler.Address, "/fasterseg.profiler.v1.ProfilerService/GetDevice")
        )
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Headers = { Authorization = Basic("anna:" + key) },
        };
        using HttpResponseMessage answer = await http.SendAsync(request, Stop);
        Assert.Equal("16", answer.Headers.GetValues("grpc-status").Single());
    }

    [Fact]
    public async Task With_TLS_the_page_has_it_too_and_where_clients_need_certificates_it_is_for_those_who_have_one()
    {
        using var made = new MadeCertificates();
        await using RunningProfiler profiler = await StartAsync(
            new()
            {
                Security = new() { Certificate = made.Issue("server.pem", MadeCertificates.ServerUse), ClientAuthority = made["ca.pem"] },
            }
        );
        Assert.Equal("https", profiler.Page!.Scheme);
        // Without one TLS refuses, and no browser asks for a password that nobody has. TLS 1.3 tells with the first answer.
        await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(profiler.Page, HttpVersion.Version20));
        await Assert.ThrowsAsync<HttpRequestException>(() =>
            AskAsync(profiler.Page, HttpVersion.Version20, made.Issue("other.pem", MadeCertificates.ServerUse))
        );
        string client = made.Issue("client.pem", MadeCertificates.ClientUse);
        foreach (Version version in new[] { HttpVersion.Version11, HttpVersion.Version20 })
            Assert.Contains("<h1>FasterSeg profiler</h1>", await AskAsync(profiler.Page, version, client), StringComparison.Ordinal);
    }

    private static async Task<string> AskAsync(Uri page, Version version, string? certificate = null)
    {
        using var handler = new SocketsHttpHandler
        {
            SslOptions = { RemoteCertificateValidationCallback = (_, server, _, _) => server!.Subject == "CN=server.pem" },
        };
        if (certificate is not null)
            handler.SslOptions.ClientCertificates = [X509Certificate2.CreateFromPemFile(certificate)];
        using var client = new HttpClient(handler)
        {
            DefaultRequestVersion = version,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        return await client.GetStringAsync(page, Stop);
    }

    [Theory]
    [InlineData("--page")]
    [InlineData("--metrics")]
    public async Task Where_another_program_has_an_address_that_was_named_that_one_is_told(string option)
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var taken = (IPEndPoint)other.LocalEndpoint;
        ProfilerHostOptions options = option == "--page" ? new() : new() { Metrics = taken };
        UserErrorException refused = await Assert.ThrowsAsync<UserErrorException>(() =>
            StartAsync(options, option == "--page" ? taken : null)
        );
        Assert.StartsWith($"The profiler cannot listen on {taken}:", refused.Message, StringComparison.Ordinal);
        Assert.EndsWith($"or name another address with {option}.", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_another_program_has_the_usual_address_there_is_no_page_and_the_profiler_serves()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        await using RunningProfiler profiler = await StartAsync(new() { PageMayLack = true }, (IPEndPoint)other.LocalEndpoint);
        Assert.Null(profiler.Page);
        await using RunningProfiler with = await ProfilerHost.StartLoopbackAsync(
            new()
            {
                StoreFolder = Path.Combine(folder, "other"),
                LockFolder = Path.Combine(folder, "other"),
                Page = new(IPAddress.Loopback, 0),
                PageMayLack = true,
            },
            Stop
        );
        Assert.Contains("<h1>FasterSeg profiler</h1>", await http.GetStringAsync(with.Page, Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_two_profilers_that_start_together_one_has_the_page_and_both_serve()
    {
        var port = new TcpListener(IPAddress.Loopback, 0);
        port.Start();
        var page = (IPEndPoint)port.LocalEndpoint;
        port.Dispose();
        RunningProfiler[] both = await Task.WhenAll(
            new[] { "a", "b" }.Select(name =>
                ProfilerHost.StartLoopbackAsync(
                    new()
                    {
                        StoreFolder = Path.Combine(folder, name),
                        LockFolder = Path.Combine(folder, name),
                        Page = page,
                        PageMayLack = true,
                    },
                    Stop
                )
            )
        );
        try
        {
            Assert.Single(both, profiler => profiler.Page is not null);
            Assert.NotEqual(both[0].Address, both[1].Address);
        }
        finally
        {
            foreach (RunningProfiler profiler in both)
                await profiler.DisposeAsync();
        }
    }

    [Fact]
    public void It_is_on_loopback_unless_its_options_say_otherwise()
    {
        Assert.Equal(
            (ProfilerHostOptions.DefaultPage, true),
            (ServiceConfiguration.Load([]).Page!, ServiceConfiguration.Load([]).PageMayLack)
        );
        Assert.Null(ServiceConfiguration.Load(["--page", "off"]).Page);
        ProfilerHostOptions named = ServiceConfiguration.Load(["--page", "127.0.0.1:80"]);
        Assert.Equal((new IPEndPoint(IPAddress.Loopback, 80), false), (named.Page!, named.PageMayLack));
        Assert.Null(ServiceConfiguration.LoadHosted().Page);
        var everywhere = new IPEndPoint(IPAddress.Any, 80);
        var loopback = new IPEndPoint(IPAddress.Loopback, 5151);
        Assert.Contains(
            "name an address such as 127.0.0.1:5152 with --page",
            Assert.Single(new SecurityOptions { AccessKeys = "keys" }.Faults(loopback, page: everywhere)),
            StringComparison.Ordinal
        );
        Assert.Empty(new SecurityOptions { AccessKeys = "keys", Certificate = "c" }.Faults(loopback, page: everywhere));
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private Task<RunningProfiler> StartAsync(ProfilerHostOptions options, IPEndPoint? page = null) =>
        ProfilerHost.StartLoopbackAsync(
            options with
            {
                StoreFolder = folder,
                LockFolder = folder,
                Page = page ?? new(IPAddress.Loopback, 0),
            },
            Stop
        );

    private async Task<HttpStatusCode> StatusAsync(RunningProfiler profiler, string path, string nameAndKey)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(profiler.Page!, path))
        {
            Headers = { Authorization = Basic(nameAndKey) },
        };
        using HttpResponseMessage answer = await http.SendAsync(request, Stop);
        return answer.StatusCode;
    }

    private static AuthenticationHeaderValue Basic(string nameAndKey) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(nameAndKey)));
}
