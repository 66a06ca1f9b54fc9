using FasterSeg.Latency;
using FasterSeg.Profiler.Service.Hosting;

namespace FasterSeg.Profiler.Service.Tests.Hosting;

public sealed class DeviceLockTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("fasterseg-lock-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Two_profilers_on_one_device_refuse_each_other()
    {
        var options = new ProfilerHostOptions { StoreFolder = folder, LockFolder = folder };
        await using (RunningProfiler first = await ProfilerHost.StartLoopbackAsync(options, TestContext.Current.CancellationToken))
        {
            var fault = await Assert.ThrowsAsync<UserErrorException>(() =>
                ProfilerHost.StartLoopbackAsync(
                    options with
                    {
                        StoreFolder = Path.Combine(folder, "other"),
                    },
                    TestContext.Current.CancellationToken
                )
            );
            Assert.StartsWith("Another profiler measures on this device already", fault.Message, StringComparison.Ordinal);
        }
        await using RunningProfiler next = await ProfilerHost.StartLoopbackAsync(options, TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Other_devices_are_free()
    {
        using DeviceLock first = DeviceLock.Take(folder, "CPU-1", isShared: true);
        using DeviceLock second = DeviceLock.Take(folder, "CPU-2", isShared: true);
    }
}
