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
    private readonly string path;

    private DeviceLock(HeldFile? device, HeldFile file, string path)
    {
        (this.device, this.file, this.path) = (device, file, path);
        LockOwner.Note(path);
    }

    /// <summary>Takes the lock.</summary>
    /// <param name="folder">Folder of the locks, the same for all profilers of a machine.</param>
    /// <param name="deviceUuid">The device.</param>
    /// <param name="isShared">Leaves the device's own file alone, for profilers that are meant to measure beside each other.</param>
    /// <exception cref="UserErrorException">Another profiler holds it, or the folder cannot be used.</exception>
    public static DeviceLock Take(string folder, string deviceUuid, bool isShared)
    {
        string path = Path.Combine(folder, $"fasterseg-{deviceUuid}.lock");
        HeldFile? device = isShared ? null : TakeDevice(deviceUuid, path);
        try
        {
            return new(device, TakeIn(folder, path), path);
        }
        catch
        {
            device?.Dispose();
            throw;
        }
    }

    /// <summary>Lets others read where the profiler answers that has the device.</summary>
    public void Tell(Uri address) => LockOwner.Note(path, address.OriginalString);

    /// <summary>Gives the device free.</summary>
    public void Dispose()
    {
        LockOwner.Forget(path);
        file.Dispose();
        device?.Dispose();
    }

    private static HeldFile? TakeDevice(string deviceUuid, string inFolder)
    {
        try
        {
            return FileOf(deviceUuid) is { } own ? HeldFile.TryTakeReadable(own) ?? throw Held(own, OwnerOf(inFolder)) : null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // A system that does not show it leaves the folder's lock.
            return null;
        }
    }

    private static HeldFile TakeIn(string folder, string path)
    {
        try
        {
            Directory.CreateDirectory(folder);
            return HeldFile.TryTake(path) ?? throw Held(path, LockOwner.Of(path));
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

    /// <summary>Nobody can write beside the device's own file. Who holds it holds the folder's too, unless he has another folder; then the
    /// note there is of somebody who is gone.</summary>
    private static string? OwnerOf(string path)
    {
        if (!File.Exists(path))
            return null;
        using HeldFile? free = HeldFile.TryTake(path);
        return free is null ? LockOwner.Of(path) : null;
    }

    private static DeviceHeldException Held(string path, string? owner) =>
        new(
            $"Another profiler measures on this device already ({path} is held{(owner is null ? "" : $" by {owner}")}), and two would "
                + "disturb each other"
        );
}
