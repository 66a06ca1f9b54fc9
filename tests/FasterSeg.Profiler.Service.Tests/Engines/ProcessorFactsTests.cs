using FasterSeg.Latency;
using FasterSeg.Profiler.Service.Engines;

namespace FasterSeg.Profiler.Service.Tests.Engines;

public sealed class ProcessorFactsTests
{
    private const string Epyc =
        "processor\t: 0\nvendor_id\t: AuthenticAMD\ncpu family\t: 26\nmodel\t\t: 2\nmodel name\t: AMD EPYC\nstepping\t: 1\n"
        + "microcode\t: 0xb204011\nflags\t\t: fpu sse2 avx avx2 fma avx512f avx512bw avx512_vnni\n";

    [Fact]
    public void The_kind_of_processor_and_its_instruction_sets_are_told() =>
        Assert.Equal(
            [
                ("cpu_vendor", "AuthenticAMD"),
                ("cpu_family", "26"),
                ("cpu_model", "2"),
                ("cpu_stepping", "1"),
                ("cpu_microcode", "0xb204011"),
                ("cpu_instructions", "AVX AVX2 FMA AVX-512 AVX-512BW AVX-512VNNI"),
            ],
            ProcessorFacts.Read(Epyc)
        );

    [Fact]
    public void An_arm_processors_features_are_its_instruction_sets() =>
        Assert.Contains(("cpu_instructions", "NEON DOTPROD"), ProcessorFacts.Read("processor\t: 0\nFeatures\t: fp asimd asimddp\n"));

    [Fact]
    public void Caches_that_the_hypervisor_hides_are_said_not_to_be_told()
    {
        Assert.Equal([("caches", "not told")], EnvironmentFacts.CachesOrNone([]));
        Assert.Equal([("caches", "not told")], EnvironmentFacts.CachesOrNone([("cache_l1_data", "")]));
        Assert.Equal([("cache_l1_data", "32K")], EnvironmentFacts.CachesOrNone([("cache_l1_data", "32K")]));
    }

    [Fact]
    public void This_machine_tells_its_caches_or_that_it_does_not() =>
        Assert.Contains(EnvironmentFacts.Read(CpuFacts.Read(defaultThreads: 1)).Keys, name =>
            name.StartsWith("cache", StringComparison.Ordinal)
        );
}
