using Xunit;

namespace FasterSeg.EndToEnd.Tests;

/// <summary>TLS, access keys and client certificates between two processes.</summary>
public class SecurityTests
{
    [Fact]
    public async Task With_keys_only_who_has_one_gets_in()
    {
        await using var bench = new Workbench();
        Certificates.Write(bench.Folder);
        (string url, string key) = await bench.StartKeyedProfilerAsync();
        Assert.StartsWith("https://", url, StringComparison.Ordinal);

        bench.Environment["FASTERSEG_PROFILER_CA"] = bench["ca.pem"];
        Assert.Contains("asks for an access key", await bench.FailAsync(1, ["device", "--profiler", url]), StringComparison.Ordinal);
        bench.Environment["FASTERSEG_PROFILER_KEY"] = "wrong";
        Assert.Contains("is not known here", await bench.FailAsync(1, ["device", "--profiler", url]), StringComparison.Ordinal);
        bench.Environment["FASTERSEG_PROFILER_KEY"] = key;
        Assert.Contains("ONNX Runtime", await bench.OkAsync(["device", "--profiler", url]), StringComparison.Ordinal);
        bench.Environment.Remove("FASTERSEG_PROFILER_CA");
        Assert.Contains(
            "do not trust each other's certificates",
            await bench.FailAsync(1, ["device", "--profiler", url]),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task With_client_certificates_only_who_has_one_of_the_authority_gets_in()
    {
        await using var bench = new Workbench();
        Certificates.Write(bench.Folder);
        (_, string url) = await bench.StartProfilerAsync(
            0,
            "--tls-certificate",
            bench["server.pem"],
            "--tls-key",
            bench["server.key"],
            "--client-ca",
            bench["ca.pem"]
        );
        bench.Environment["FASTERSEG_PROFILER_CA"] = bench["ca.pem"];
        // From this machine a connection without one is taken, and used for health alone.
        Assert.Equal(0, (await bench.ProfilerEndAsync("health", url)).Code);
        Assert.Contains(
            "asks for a client's certificate",
            await bench.FailAsync(1, ["device", "--profiler", url]),
            StringComparison.Ordinal
        );
        bench.Environment["FASTERSEG_PROFILER_CERTIFICATE"] = bench["stranger.pem"];
        Assert.Contains(
            "wants another client's certificate",
            await bench.FailAsync(3, ["device", "--profiler", url]),
            StringComparison.Ordinal
        );
        bench.Environment["FASTERSEG_PROFILER_CERTIFICATE"] = bench["client.pem"];
        Assert.Contains("ONNX Runtime", await bench.OkAsync(["device", "--profiler", url]), StringComparison.Ordinal);
    }
}
