using FasterSeg.Profiler.Service.Engines.Gpu;

namespace FasterSeg.Profiler.Service.Tests.Engines.Gpu;

public sealed class LibraryVersionsTests
{
    [Theory]
    [InlineData(11080, "11.8")]
    [InlineData(13000, "13.0")]
    public void CudasNumber_IsAVersion(int number, string version) => Assert.Equal(version, LibraryVersions.OfCuda(number).ToString());

    [Theory]
    [InlineData(8907, "8.9.7")]
    [InlineData(90100, "9.1.0")]
    [InlineData(91002, "9.10.2")]
    public void CudnnsNumber_IsAVersionInBothOfItsForms(long number, string version) =>
        Assert.Equal(version, LibraryVersions.OfCudnn(number).ToString());

    [Theory]
    [InlineData(8601, "8.6.1")]
    [InlineData(101303, "10.13.3")]
    public void TensorRtsNumber_IsAVersionInBothOfItsForms(int number, string version) =>
        Assert.Equal(version, LibraryVersions.OfTensorRt(number).ToString());

    [Fact]
    public void AProbeOfThisMachine_ThrowsNothing()
    {
        foreach (GpuStack stack in (GpuStack[])[GpuStack.Pascal, GpuStack.Current])
            Assert.NotNull(LibraryProbe.Read(stack));
    }
}
