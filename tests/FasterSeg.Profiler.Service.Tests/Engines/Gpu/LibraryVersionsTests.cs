using FasterSeg.Profiler.Service.Engines.Gpu;

namespace FasterSeg.Profiler.Service.Tests.Engines.Gpu;

public sealed class LibraryVersionsTests
{
    [Theory]
    [InlineData(11080, "11.8")]
    [InlineData(13000, "13.0")]
    public void Cudas_number_is_a_version(int number, string version) => Assert.Equal(version, LibraryVersions.OfCuda(number).ToString());

    [Theory]
    [InlineData(8907, "8.9.7")]
    [InlineData(90100, "9.1.0")]
    [InlineData(91002, "9.10.2")]
    public void Cudnns_number_is_a_version_in_both_of_its_forms(long number, string version) =>
        Assert.Equal(version, LibraryVersions.OfCudnn(number).ToString());

    [Theory]
    [InlineData(8601, "8.6.1")]
    [InlineData(101303, "10.13.3")]
    public void Tensor_rts_number_is_a_version_in_both_of_its_forms(int number, string version) =>
        Assert.Equal(version, LibraryVersions.OfTensorRt(number).ToString());

    [Fact]
    public void A_probe_of_this_machine_throws_nothing()
    {
        foreach (GpuStack stack in (GpuStack[])[GpuStack.Pascal, GpuStack.Current])
            Assert.NotNull(LibraryProbe.Read(stack));
    }
}
