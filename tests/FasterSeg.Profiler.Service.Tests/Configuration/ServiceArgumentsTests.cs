using FasterSeg.Latency;
using FasterSeg.Profiler.Service.Configuration;
using FasterSeg.Profiler.Service.Engines;
using FasterSeg.Profiler.Service.Hosting;

namespace FasterSeg.Profiler.Service.Tests.Configuration;

public sealed class ServiceArgumentsTests
{
    [Fact]
    public void Without_arguments_it_listens_on_loopback()
    {
        ProfilerHostOptions options = ServiceConfiguration.Load([]);
        Assert.Equal("127.0.0.1:5151", options.Listen.ToString());
        Assert.False(options.Security.Insecure);
        Assert.Equal(1, options.Threads);
    }

    [Fact]
    public void Every_argument_is_read()
    {
        ProfilerHostOptions options = ServiceConfiguration.Load([
            "--listen",
            "[::1]:0",
            "--store",
            "tables",
            "--threads",
            $"{Environment.ProcessorCount}",
            "--insecure",
        ]);
        Assert.Equal("[::1]:0", options.Listen.ToString());
        Assert.Equal(Path.GetFullPath("tables"), options.StoreFolder);
        Assert.Equal(Environment.ProcessorCount, options.Threads);
        Assert.True(options.Security.Insecure);
    }

    [Fact]
    public void What_it_measures_with_is_read()
    {
        Assert.Equal(new EngineChoice(), ServiceConfiguration.Load([]).Engine);
        EngineChoice choice = ServiceConfiguration
            .Load(["--provider", "tensorrt", "--precision", "int8", "--device", "1", "--caches", "c", "--cache-limit", "100"])
            .Engine;
        Assert.Equal(
            new EngineChoice
            {
                Provider = "tensorrt",
                Precision = "int8",
                Device = 1,
                CachesFolder = Path.GetFullPath("c"),
                CacheLimitBytes = 100 << 20,
            },
            choice
        );
    }

    [Theory]
    [InlineData("--provider", "opencl")]
    [InlineData("--precision", "fp64")]
    [InlineData("--device", "one")]
    [InlineData("--cache-limit", "0")]
    [InlineData("--liste", "127.0.0.1:1")]
    [InlineData("--listen")]
    [InlineData("--listen", "5151")]
    [InlineData("--listen", "nowhere:5151")]
    [InlineData("--listen", "127.0.0.1:70000")]
    [InlineData("--threads", "-1")]
    [InlineData("--threads", "two")]
    [InlineData("--threads", "--insecure")]
    [InlineData("listen", "127.0.0.1:1")]
    public void What_cannot_be_read_is_wrong_usage(params string[] arguments) =>
        Assert.Throws<UsageException>(() => ServiceConfiguration.Load(arguments));

    [Theory]
    [InlineData("0.0.0.0:0")]
    [InlineData("192.0.2.1:5151")]
    [InlineData("[::]:0")]
    public void An_address_for_other_machines_needs_consent(string address)
    {
        var fault = Assert.Throws<UsageException>(() => ProfilerHost.Build(ServiceConfiguration.Load(["--listen", address])));
        Assert.Contains("--insecure", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_help_tells_every_option()
    {
        var help = new StringWriter();
        ServiceArguments.Command().Parse("--help").Invoke(new() { Output = help });
        Assert.All(ServiceOptions.All, option => Assert.Contains($"  --{option.Name} ", help.ToString(), StringComparison.Ordinal));
        Assert.Contains("  --config <FILE> ", help.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_an_option_that_is_given_twice_the_last_value_counts() =>
        Assert.Equal(2, ServiceConfiguration.Load(["--queue", "1", "--insecure=true", "--queue=2", "--insecure"]).Calls.Waiting);

    [Fact]
    public void An_option_is_no_value_of_the_one_before_it()
    {
        string[] lines = Assert
            .Throws<UsageException>(() => ServiceConfiguration.Load(["--store", "--weird", "--queue", "1"]))
            .Message.Split('\n', StringSplitOptions.TrimEntries);
        Assert.Contains("--store needs a value: write it like --store DIR.", lines);
        Assert.Contains(lines, line =>
            line.StartsWith("'--weird' is not an argument of the profiler; did you mean --", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void More_threads_than_cores_are_wrong_usage() =>
        Assert.Throws<UsageException>(() => ProfilerHost.Build(ServiceConfiguration.Load(["--threads", "100000"])));
}
