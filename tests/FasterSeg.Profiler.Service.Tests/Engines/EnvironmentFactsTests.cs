using FasterSeg.Profiler.Service.Engines;

namespace FasterSeg.Profiler.Service.Tests.Engines;

public sealed class EnvironmentFactsTests
{
    [Theory]
    [InlineData("2450000", "", "2450")]
    [InlineData("", "processor\t: 0\ncpu MHz\t\t: 2299.998\n", "2299.998")]
    [InlineData("", "processor\t: 0\n", "")]
    public void The_clock_comes_from_the_driver_or_else_from_cpuinfo(string kilohertz, string cpuinfo, string expected) =>
        Assert.Equal(expected, EnvironmentFacts.Frequency(kilohertz, cpuinfo));

    [Theory]
    [InlineData("150000 100000", "1.5")]
    [InlineData("max 100000", "")]
    [InlineData("", "")]
    public void A_containers_limit_is_in_processors(string file, string expected) =>
        Assert.Equal(expected, EnvironmentFacts.CpuLimit(file));

    [Fact]
    public void This_machine_tells_its_versions_and_no_empty_fact()
    {
        IReadOnlyDictionary<string, string> facts = EnvironmentFacts.Read(CpuFacts.Read(defaultThreads: 1));
        Assert.Contains("dotnet", facts.Keys);
        Assert.Contains("onnxruntime", facts.Keys);
        if (OperatingSystem.IsLinux())
            Assert.Matches(@"^\d", facts["load_average"]);
        Assert.All(facts.Values, value => Assert.NotEmpty(value));
    }
}
