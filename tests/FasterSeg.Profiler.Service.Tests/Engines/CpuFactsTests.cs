using FasterSeg.Profiler.Service.Engines;

namespace FasterSeg.Profiler.Service.Tests.Engines;

public sealed class CpuFactsTests
{
    [Fact]
    public void The_model_name_is_read_from_cpuinfo() =>
        Assert.Equal("AMD EPYC 7B13", CpuFacts.ModelName("processor\t: 0\nmodel\t\t: 1\nmodel name\t: AMD EPYC 7B13\nflags : fpu\n"));

    [Fact]
    public void A_cpuinfo_without_a_model_name_has_none() => Assert.Null(CpuFacts.ModelName("processor\t: 0\nBogoMIPS : 50\n"));

    [Fact]
    public void The_uuid_is_stable_tells_machines_apart_and_does_not_show_their_id()
    {
        const string id = "0123456789abcdef0123456789abcdef";
        string uuid = CpuFacts.Uuid(id, "cpu", 4);
        Assert.Equal(uuid, CpuFacts.Uuid(id + "\n", "cpu", 4));
        Assert.NotEqual(uuid, CpuFacts.Uuid("f" + id[1..], "cpu", 4));
        Assert.NotEqual(uuid, CpuFacts.Uuid(id, "cpu", 8));
        Assert.DoesNotContain(id[..8], uuid, StringComparison.Ordinal);
    }

    [Fact]
    public void This_machine_has_facts()
    {
        DeviceFacts facts = CpuFacts.Read(defaultThreads: 1);
        Assert.NotEmpty(facts.Name);
        Assert.True(facts.MemoryBytes > 0);
        Assert.Matches(@"^\d+\.\d+\.\d+$", facts.OnnxRuntime);
    }
}
