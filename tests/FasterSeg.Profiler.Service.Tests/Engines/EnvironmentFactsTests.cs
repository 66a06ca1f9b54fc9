using FasterSeg.Profiler.Service.Engines;

namespace FasterSeg.Profiler.Service.Tests.Engines;

public sealed class EnvironmentFactsTests
{
    [Theory]
    [InlineData("2450000", "", "2450")]
    [InlineData("", "processor\t: 0\ncpu MHz\t\t: 2299.998\n", "2299.998")]
    [InlineData("", "processor\t: 0\n", "")]
    public void TheClockComesFromTheDriverOrElseFromCpuinfo(string kilohertz, string cpuinfo, string expected) =>
        Assert.Equal(expected, EnvironmentFacts.Frequency(kilohertz, cpuinfo));

    [Theory]
    [InlineData("150000 100000", "1.5")]
    [InlineData("max 100000", "")]
    [InlineData("", "")]
    public void AContainersLimitIsInProcessors(string file, string expected) => Assert.Equal(expected, EnvironmentFacts.CpuLimit(file));

    [Fact]
    public void ThisMachineTellsItsVersionsAndNoEmptyFact()
    {
        IReadOnlyDictionary<string, string> facts = EnvironmentFacts.Read(CpuFacts.Read(defaultThreads: 1));
        Assert.Contains("dotnet", facts.Keys);
        Assert.Contains("onnxruntime", facts.Keys);
        if (OperatingSystem.IsLinux())
            Assert.Matches(@"^\d", facts["load_average"]);
        Assert.All(facts.Values, value => Assert.NotEmpty(value));
    }
}
