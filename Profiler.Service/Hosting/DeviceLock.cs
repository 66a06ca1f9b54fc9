using FasterSeg.Latency;

namespace FasterSeg.Profiler.Service.Hosting;

/// <summary>
/// One profiler on a device: two would disturb each other's measurements. It holds a file of the device's own, which is the same for
/// whoever measures there, and one in a folder that the machine's profilers have agreed on.
/// </summary>
public sealed class DeviceLock : IDisposable
{
    // Read-only for everybody, and of the processor itself. A container with a network of its own has another one.
    private const string OfTheProcessor = "/sys/devices/system/cpu/possible",
        OfGpus = "/proc/driver/nvidia/gpus";

    private readonly HeldFile? device;
    private readonly HeldFile file;

    private DeviceLock(HeldFile? device, HeldFile file) => (this.device, this.file) = (device, file);

    /// <summary>Takes the lock.</summary>
    /// <param name="folder">Folder of the locks, the same for all profilers of a machine.</param>
    /// <param name="deviceUuid">The device.</param>
    /// <param name="isShared">Leaves the device's own file alone, for profilers that are meant to measure beside each other.</param>
    /// <exception cref="UserErrorException">Another profiler holds it, or the folder cannot be used.</exception>
    public static DeviceLock Take(string folder, string deviceUuid, bool isShared)
    {
        HeldFile? device = isShared ? null : TakeDevice(deviceUuid);
        try
        {
            return new(device, TakeIn(folder, deviceUuid));
        }
        catch
        {
            device?.Dispose();
            throw;
        }
    }

    /// <summary>Gives the device free.</summary>
    public void Dispose()
    {
        file.Dispose();
        device?.Dispose();
    }

    private static HeldFile? TakeDevice(string deviceUuid)
    {
        try
        {
            return FileOf(deviceUuid) is { } path ? HeldFile.TryTakeReadable(path) ?? throw Held(path) : null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // A system that does not show it leaves the folder's lock.
            return null;
        }
    }

    private static HeldFile TakeIn(string folder, string deviceUuid)
    {
        string path = Path.Combine(folder, $"fasterseg-{deviceUuid}.lock");
        try
        {
            Directory.CreateDirectory(folder);
            return HeldFile.TryTake(path) ?? throw Held(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(
                $"The lock of this device cannot be made in '{folder}': {fault.Message.TrimEnd('.')}. Name a folder with --locks in which "
                    + "all profilers of this machine may write.",
                fault
            );
        }
    }

    /// <summary>A file of the system's that stands for the device; null where there is none.</summary>
    private static string? FileOf(string deviceUuid)
    {
        if (!deviceUuid.StartsWith("GPU-", StringComparison.Ordinal))
            return File.Exists(OfTheProcessor) ? OfTheProcessor : null;
        return Directory.Exists(OfGpus)
            ? Directory
                .EnumerateDirectories(OfGpus)
                .Select(gpu => Path.Combine(gpu, "information"))
                .FirstOrDefault(path =>
                    File.Exists(path) && File.ReadAllText(path).Contains(deviceUuid, StringComparison.OrdinalIgnoreCase)
                )
            : null;
    }

    private static UserErrorException Held(string path) =>
        new(
            $"Another profiler measures on this device already ({path} is held), and two would disturb each other: name that "
                + "one with --profiler, or stop it."
        );
}
