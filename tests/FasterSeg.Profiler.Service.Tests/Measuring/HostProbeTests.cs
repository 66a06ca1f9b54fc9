using FasterSeg.Profiler.Service.Measuring;

namespace FasterSeg.Profiler.Service.Tests.Measuring;

/// <summary>The real look at this machine.</summary>
public sealed class HostProbeTests
{
    [Fact]
    public void It_tells_of_memory_and_arithmetic_and_of_others()
    {
        HostPace pace = new HostProbe(TimeProvider.System).Read();
        // Not faster than any memory, nor slower than a disk.
        double bytesPerSecond = MemoryPace.Bytes / (pace.MemoryMs!.Value / 1000);
        Assert.InRange(bytesPerSecond, 1e7, 1e13);
        Assert.True(pace.ArithmeticMs > 0);
        Assert.Equal(OperatingSystem.IsLinux(), pace.Busy is >= 0 and <= 1);
    }

    [Fact]
    public void Its_memory_is_given_back()
    {
        var probe = new HostProbe(TimeProvider.System);
        probe.Read();
        long before = Resident();
        for (int i = 0; i < 5; i++)
            probe.Read();
        Assert.InRange(Resident() - before, long.MinValue, MemoryPace.Bytes);
    }

    private static long Resident()
    {
        using var self = System.Diagnostics.Process.GetCurrentProcess();
        return self.WorkingSet64;
    }
}
