using FasterSeg.Search.Client.Commands;
using Xunit;

namespace FasterSeg.Search.Client.Tests.Commands;

/// <summary>What is said of agents and submissions that cannot be.</summary>
public sealed class AgentCommandTests
{
    [Theory]
    [InlineData("agent", "'--join'")]
    [InlineData("agent --join lab", "'lab' is no address of a fleet: write it like https://fleet:5250, several with commas in between.")]
    [InlineData("agent --join http://a:1,http://a:1", "has the same address of a fleet twice")]
    [InlineData("agent --join http://a:1 --join-as a/b", "'a/b' is no name for an agent")]
    [InlineData("agent --join http://a:1 --gpus 0 --workers 2", "--workers and --gpus are both there")]
    [InlineData("agent --join http://a:1 --sweeps nowhere", "There is no folder nowhere")]
    [InlineData("sweep submit nowhere", "Say who shall run it: --slurm, or --fleet URL.")]
    [InlineData("sweep submit nowhere --slurm --fleet http://a:1", "--slurm and --fleet are both there")]
    [InlineData("sweep submit nowhere --fleet http://a:1", "holds no sweep")]
    [InlineData("sweep submit nowhere --fleet http://a:1 --device cuda", "are for --slurm")]
    [InlineData("sweep submit nowhere --fleet http://a:1 -- --time=1", "are for --slurm")]
    [InlineData("sweep withdraw nowhere --fleet http://a:1", "holds no sweep")]
    [InlineData("sweep withdraw nowhere", "'--fleet'")]
    public async Task Wrong_usage_ends_with_2(string line, string expected)
    {
        var (code, output, error) = await Shell.RunAsync(line.Split(' '));
        Assert.Equal((ExitCodes.WrongUsage, ""), (code, output));
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_device_that_is_not_there_takes_no_chains()
    {
        var (code, _, error) = await Shell.RunAsync("agent", "--join", "http://127.0.0.1:1", "--gpus", "99");
        Assert.Equal(ExitCodes.Failed, code);
        Assert.StartsWith("error: --gpus cuda:99: ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_at_the_addresses_ends_with_3()
    {
        var (code, _, error) = await Shell.RunAsync("fleet", "sweeps", "--profiler", "http://127.0.0.1:1,http://127.0.0.1:2");
        Assert.Equal(ExitCodes.ProfilerUnreachable, code);
        Assert.StartsWith("error: No fleet answers at http://127.0.0.1:1: ", error, StringComparison.Ordinal);
    }
}
