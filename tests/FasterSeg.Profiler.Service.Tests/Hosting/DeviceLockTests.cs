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
            var fault = await Assert.ThrowsAsync<DeviceHeldException>(() =>
                ProfilerHost.StartLoopbackAsync(
                    options with
                    {
                        StoreFolder = Path.Combine(folder, "other"),
                    },
                    TestContext.Current.CancellationToken
                )
            );
            Assert.StartsWith("Another profiler measures on this device already", fault.Message, StringComparison.Ordinal);
            Assert.Contains(
                FormattableString.Invariant($" is held by {first.Address.OriginalString}, process {Environment.ProcessId} on "),
                fault.Message,
                StringComparison.Ordinal
            );
            Assert.EndsWith(" disturb each other: name that one with --profiler, or stop it.", fault.Message, StringComparison.Ordinal);
            Assert.StartsWith("Another profiler measures on this device already", fault.WithoutOption, StringComparison.Ordinal);
            Assert.DoesNotContain("--profiler", fault.WithoutOption, StringComparison.Ordinal);
            Assert.Contains("stop that one", fault.WithoutOption, StringComparison.Ordinal);
        }
        Assert.Empty(Directory.EnumerateFiles(folder, "*.owner"));
        await using RunningProfiler next = await ProfilerHost.StartLoopbackAsync(options, TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Other_devices_are_free()
    {
        using DeviceLock first = DeviceLock.Take(folder, "CPU-1", isShared: true);
        using DeviceLock second = DeviceLock.Take(folder, "CPU-2", isShared: true);
    }

    [Fact]
    public async Task Two_profilers_with_other_locks_refuse_each_other_on_one_store()
    {
        string store = Path.Combine(folder, "store");
        var options = new ProfilerHostOptions { StoreFolder = store, LockFolder = Path.Combine(folder, "one") };
        await using RunningProfiler first = await ProfilerHost.StartLoopbackAsync(options, TestContext.Current.CancellationToken);
        var fault = await Assert.ThrowsAsync<UserErrorException>(() =>
            ProfilerHost.StartLoopbackAsync(
                options with
                {
                    LockFolder = Path.Combine(folder, "two"),
                },
                TestContext.Current.CancellationToken
            )
        );
        Assert.StartsWith(
            FormattableString.Invariant(
                $"Another profiler uses the store '{store}' already ({first.Address.OriginalString}, process {Environment.ProcessId} on "
            ),
            fault.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Two_profilers_with_other_locks_refuse_each_other_on_one_device()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Other systems show no file of the device's own.");
        using DeviceLock? first = TakeAlone("one");
        Assert.SkipWhen(first is null, "A profiler measures on this machine.");
        Assert.Null(TakeAlone("two"));
        first.Dispose();
        using DeviceLock? next = TakeAlone("two");
        Assert.NotNull(next);
    }

    [Fact]
    public void A_folder_that_cannot_be_used_is_no_other_profiler()
    {
        string file = Path.Combine(folder, "file");
        File.WriteAllText(file, "");
        foreach (string locks in new[] { file, Path.Combine(file, "locks"), "/proc/locks-of-mine" })
        {
            var fault = Assert.Throws<UserErrorException>(() => DeviceLock.Take(locks, "CPU-1", isShared: true));
            Assert.StartsWith($"The lock of this device cannot be made in '{locks}'", fault.Message, StringComparison.Ordinal);
        }
    }

    private DeviceLock? TakeAlone(string locks)
    {
        try
        {
            return DeviceLock.Take(Path.Combine(folder, locks), "CPU-1", isShared: false);
        }
        catch (UserErrorException fault)
        {
            Assert.StartsWith("Another profiler measures on this device already", fault.Message, StringComparison.Ordinal);
            return null;
        }
    }
}
