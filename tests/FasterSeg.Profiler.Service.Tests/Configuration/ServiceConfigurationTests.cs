using FasterSeg.Latency;
using FasterSeg.Profiler.Service.Configuration;
using FasterSeg.Profiler.Service.Hosting;

namespace FasterSeg.Profiler.Service.Tests.Configuration;

public sealed class ServiceConfigurationTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("fasterseg-settings-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Each_place_goes_on_top_of_the_one_before()
    {
        Write(
            ServiceConfiguration.FileName,
            """{ "listen": "127.0.0.1:1", "metrics": "127.0.0.1:2", "call-rate": 3, "queue": 4, /* aside */ "insecure": true }"""
        );
        string named = Write("lab.json", """{ "metrics": "127.0.0.1:20", "call-rate": 30, "queue": 40 }""");
        ProfilerHostOptions options = Load(
            ["--queue", "4000", "--config", named],
            ("FASTERSEG_SERVICE_CALL_RATE", "300"),
            ("FASTERSEG_SERVICE_QUEUE", "400"),
            ("FASTERSEG_SERVICE_INSECURE", "false")
        );
        Assert.Equal((1, 20, 300, 4000), (options.Listen.Port, options.Metrics!.Port, options.Calls.InTenSeconds, options.Calls.Waiting));
        Assert.False(options.Security.Insecure);
    }

    [Fact]
    public void The_file_may_be_named_in_the_environment_and_its_paths_start_at_it()
    {
        string named = Write("lab.json", """{ "store": "tables" }""");
        Assert.Equal(Path.Combine(folder, "tables"), Load([], ("FASTERSEG_SERVICE_CONFIG", named)).StoreFolder);
    }

    [Fact]
    public void A_byte_order_mark_is_read_over() =>
        Assert.Equal(
            Path.Combine(folder, "tables"),
            Load([], ("FASTERSEG_SERVICE_CONFIG", Write("lab.json", "\ufeff{ \"store\": \"tables\" }"))).StoreFolder
        );

    [Fact]
    public void Limits_and_logs_can_be_set()
    {
        ProfilerHostOptions options = Load([
            "--worker-memory=512",
            "--build-seconds",
            "1.5",
            "--measuring-seconds",
            "7",
            "--upload-mib",
            "3",
            "--calls",
            "9",
            "--log-format",
            "json",
        ]);
        Assert.Equal((1.5, 7, 512L << 20), (options.Limits.BuildSeconds, options.Limits.MeasuringSeconds, options.Limits.MemoryBytes));
        Assert.Equal((3, 9, LogFormat.Json), (options.Calls.UploadMiB, options.Calls.AtATime, options.LogFormat));
    }

    [Fact]
    public void A_hosted_profiler_takes_its_limits_from_the_environment_and_nothing_else()
    {
        ProfilerHostOptions options = ServiceConfiguration.LoadHosted([
            new("FASTERSEG_SERVICE_BUILD_SECONDS", "300"),
            new("FASTERSEG_SERVICE_MEASURING_SECONDS", "900"),
            new("FASTERSEG_SERVICE_WORKER_MEMORY", "512"),
            new("FASTERSEG_SERVICE_LISTEN", "0.0.0.0:1"),
            new("FASTERSEG_SERVICE_NO_SUCH_OPTION", "1"),
        ]);
        Assert.Equal((300, 900, 512L << 20), (options.Limits.BuildSeconds, options.Limits.MeasuringSeconds, options.Limits.MemoryBytes));
        Assert.Equal((new ProfilerHostOptions().Listen, false), (options.Listen, options.Standalone));
        Assert.Equal(new ProfilerHostOptions().Limits, ServiceConfiguration.LoadHosted([]).Limits);
    }

    [Fact]
    public void A_wrong_limit_of_a_hosted_profiler_is_told_by_its_variable()
    {
        var fault = Assert.Throws<UsageException>(() => ServiceConfiguration.LoadHosted([new("FASTERSEG_SERVICE_BUILD_SECONDS", "soon")]));
        Assert.StartsWith(
            "FASTERSEG_SERVICE_BUILD_SECONDS is 'soon', not a number of seconds above 0",
            fault.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void The_clients_variables_are_not_the_services() =>
        Assert.Null(Load([], ("FASTERSEG_PROFILER_KEY", "k"), ("FASTERSEG_PROFILER_CA", "ca.pem"), ("PATH", "/bin")).Security.AccessKeys);

    [Fact]
    public void All_faults_are_told_at_once_each_with_its_place()
    {
        string file = Write("lab.json", """{ "treads": 1, "metrics": 9464, "queue": [1, 2], "insecure": "perhaps", "store": "" }""");
        string[] lines = Refusal(
                [
                    "--config",
                    file,
                    "--liste",
                    "127.0.0.1:1",
                    "--threads",
                    "two",
                    "--listen",
                    "0.0.0.0:5151",
                    "--log-format",
                    "jsn",
                    "--tls-key",
                ],
                ("FASTERSEG_SERVICE_CALL_RATE", "0"),
                ("FASTERSEG_SERVICE_TLS_CERT", "x")
            )
            .Split('\n', StringSplitOptions.TrimEntries);
        Assert.Equal("The profiler's settings have 12 faults:", lines[0]);
        Assert.Equal(
            [
                $"'--liste' is not an argument of the profiler; did you mean --listen? --help tells all of them.",
                "--log-format is 'jsn', not one of text, json; did you mean 'json'?",
                "--threads is 'two', not a whole number from 1 to 2147483647.",
                "--tls-key needs a value: write it like --tls-key FILE.",
                "0.0.0.0:5151 can be reached from other machines and the connection is not encrypted: add --tls-certificate "
                    + "with --access-keys or --client-ca, listen on 127.0.0.1, or add --insecure where the network is trusted.",
                "FASTERSEG_SERVICE_CALL_RATE is '0', not a whole number from 1 to 1000000.",
                "FASTERSEG_SERVICE_TLS_CERT is not known; did you mean FASTERSEG_SERVICE_TLS_KEY?",
                $"insecure in {file} is 'perhaps', not true or false.",
                $"metrics in {file} is '9464', not an address and port to listen on: write one like 127.0.0.1:5151 or [::1]:5151.",
                $"queue in {file} is a list or a section; it takes a single value.",
                $"store in {file} has no value: give it one, or leave it out.",
                $"treads in {file} is not known; did you mean threads in {file}?",
            ],
            lines[1..].Order(StringComparer.Ordinal)
        );
    }

    [Theory]
    [InlineData("{ \"listen\": ", "is not valid JSON")]
    [InlineData("[1, 2]", "is not valid JSON")]
    [InlineData(null, "there is no such file")]
    public void A_file_that_cannot_be_read_is_told_with_its_name(string? text, string expected)
    {
        string path = text is null ? Path.Combine(folder, "none.json") : Write("lab.json", text);
        string refusal = Refusal(["--config", path]);
        Assert.Contains(path, refusal, StringComparison.Ordinal);
        Assert.Contains(expected, refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_that_settings_name_are_looked_at_too()
    {
        string keys = Write("keys", "no key");
        string refusal = Refusal(["--access-keys", keys, "--tls-certificate", "none.pem", "--client-ca", keys]);
        Assert.StartsWith("The profiler's settings have 3 faults:", refusal, StringComparison.Ordinal);
        Assert.Contains($"{keys}, line 1 is no access key", refusal, StringComparison.Ordinal);
        Assert.Contains($"There is no certificate file {Path.GetFullPath("none.pem")}", refusal, StringComparison.Ordinal);
        Assert.Contains($"{keys} cannot be read as a certificate", refusal, StringComparison.Ordinal);
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private string Refusal(string[] arguments, params (string, string)[] environment) =>
        Assert.Throws<UsageException>(() => Load(arguments, environment)).Message;

    private ProfilerHostOptions Load(string[] arguments, params (string Name, string Value)[] environment) =>
        ServiceConfiguration.Load(arguments, environment.Select(each => KeyValuePair.Create(each.Name, each.Value)), folder);
}
